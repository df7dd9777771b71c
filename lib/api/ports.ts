/**
 * What the run API needs of its host beside the operator's ports: workflows that can be started, dead letters, what shows
 * the state of the systems, who follows a run. On one machine lib/embedded gives them, on AWS lib/aws. A port rejects
 * with a Failure where the world is in the way; everything else is a value.
 */
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { LetterView, RunEvent } from '../model/run.ts';
import {
  type ChannelMessage,
  type IncomingPorts,
  receiveById,
  receiveOverChannel,
  type Received,
} from '../runtime/incoming.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import type { BreakerState } from '../runtime/ports/breakers.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { StartAnswer, StartRequest } from '../runtime/run.ts';
import type { HealthRecord } from '../runtime/upkeep/health-record.ts';

export interface ApiPorts {
  readonly operator: OperatorPorts;
  readonly workflows: Workflows;
  readonly acting: Acting;
  readonly letters: Letters;
  readonly systems: Systems;
  readonly following: Following;
  readonly callbacks: Callbacks;
  readonly version: string;
  /** Told of what the caller is not told: the failure with its causes, and our mistakes. */
  failed(error: unknown): void;
}

export interface Planned {
  readonly plan: Plan;
  readonly planHash: string;
}

export interface Workflows {
  /** Those that can be started, as they are now. */
  all(): Promise<readonly Planned[]>;
  /** As it is now; a run may be started from it, or go on under it. */
  current(workflowId: string): Promise<Planned | undefined>;
  /**
   * `startRun`, and its execution where it is not over. Another workflow's plan is none that `current` has given. Whoever asks
   * waits so long for the run's end: a host may use it to wait for the execution itself.
   */
  start(request: StartRequest, waitMs?: number): Promise<StartAnswer>;
}

/** What a host does around an action. */
export interface Acting {
  /** Before one that has the run call its systems: rejects where it could only fail. */
  ready(run: string): Promise<void>;
  /** After one: the host looks after what goes on by itself. */
  acted(run: string): void;
  /** Resolves once nothing of the run goes on, or after `ms`. Absent: the host cannot wait. */
  readonly atRest?: (run: string, ms: number) => Promise<void>;
}

export interface Letters {
  /** Newest first, as far as the queue shows them. */
  list(query: { readonly limit: number; readonly run?: string }): Promise<readonly LetterView[]>;
  find(id: string): Promise<LetterView | undefined>;
  /** False: it was not there any more. */
  remove(id: string): Promise<boolean>;
  /** Its run is settled once more; the letter goes when it need not be read any more. */
  redriven(letter: LetterView): Promise<void>;
}

export interface Systems {
  /** Where the systems of a workflow are, and which of their states are shared with whom. */
  where(workflowId: string): Promise<Environments>;
  breaker(key: string): Promise<BreakerState>;
  /** What the last answers after its health came to; undefined where nobody has asked lately. */
  health(key: string): Promise<HealthRecord | undefined>;
}

export type Following =
  | { readonly kind: 'live'; subscribe(run: string, listener: (event: RunEvent) => void): () => void }
  /** Answers end at once; who follows asks again. */
  | { readonly kind: 'snapshot'; readonly againMs: number };

export interface CallbackMessage {
  readonly id: string;
  /** As it was sent: a signature is over these very characters. */
  readonly body: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** What systems say to runs that wait. */
export interface Callbacks {
  receive(message: CallbackMessage): Promise<Pick<Received, 'kind'>>;
  deliver(message: ChannelMessage): Promise<Pick<Received, 'kind'>>;
}

export function callbacksOver(ports: IncomingPorts): Callbacks {
  return {
    receive: (message) => receiveById(message, ports),
    deliver: (message) => receiveOverChannel(message, ports),
  };
}

/** What an operation gets: the request as its schemas have it. */
export interface Called {
  readonly path: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: Json };
  readonly headers: ReadonlyMap<string, string>;
  readonly body: { readonly [name: string]: Json };
  /** As it was sent. */
  readonly text: string;
  readonly actor: string;
}

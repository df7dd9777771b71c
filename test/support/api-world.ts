/** The run API over ports in memory: what a host would give it, and what it was told. */
import { answer } from '../../lib/api/answer.ts';
import type { ApiResponse } from '../../lib/api/message.ts';
import { type ApiPorts, callbacksOver } from '../../lib/api/ports.ts';
import type { LetterView } from '../../lib/model/run.ts';
import { startRun } from '../../lib/runtime/run.ts';
import { CallHarness } from './call-harness.ts';
import { operating } from './operator-ports.ts';
import { PLAN_HASH, planOf } from './plan-fixture.ts';

type Plan = ReturnType<typeof planOf>;

export interface ApiWorld {
  readonly harness: CallHarness;
  readonly ports: ApiPorts;
  /** What the host was told of and the caller was not. */
  readonly failures: unknown[];
  readonly letters: LetterView[];
  ask(method: string, path: string, more?: Asking): Promise<ApiResponse>;
}

export interface Asking {
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Null: nobody is known. */
  readonly actor?: string | null;
}

export function apiWorld(plan: Plan, more: Partial<ApiPorts> = {}): ApiWorld {
  const harness = new CallHarness(plan);
  const { ports: operator } = operating(harness);
  const failures: unknown[] = [];
  const letters: LetterView[] = [];
  const planned = { plan, planHash: PLAN_HASH };
  const ports: ApiPorts = {
    operator,
    workflows: {
      all: () => Promise.resolve([planned]),
      current: (id) => Promise.resolve(id === plan.workflowId ? planned : undefined),
      start: (request) => startRun(request, operator),
    },
    acting: { ready: () => Promise.resolve(), acted: () => undefined },
    letters: {
      list: () => Promise.resolve(letters),
      find: (id) => Promise.resolve(letters.find((one) => one.id === id)),
      remove: () => Promise.resolve(true),
      redriven: () => Promise.resolve(),
    },
    systems: {
      where: () => Promise.resolve({ system: () => ({}) }),
      breaker: (key) => harness.breakers.read(key),
      health: () => Promise.resolve(undefined),
    },
    following: { kind: 'snapshot', againMs: 2000 },
    callbacks: callbacksOver({
      ...operator,
      deployed: () => Promise.resolve([plan]),
      signatureOf: () => Promise.resolve(undefined),
    }),
    version: '1.2.3',
    failed: (error) => void failures.push(error),
    ...more,
  };
  return {
    harness,
    ports,
    failures,
    letters,
    ask: (method, target, { body, headers = {}, actor = 'ann' } = {}) => {
      const [path = '', search = ''] = target.split('?');
      return answer(
        {
          method,
          path,
          query: [...new URLSearchParams(search)],
          headers: new Map(Object.entries({ 'content-type': 'application/json', ...headers })),
          body,
          actor: actor ?? undefined,
        },
        ports,
      );
    },
  };
}

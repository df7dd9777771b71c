/**
 * The operator's actions on one machine, as plain JSON that also a client of the data folder's owner can send: the cores
 * of lib/runtime/operator over the host, and the run's view once it is at rest. An action carries an id: asked again of
 * the next owner, because the one before has died over it, it is what it was, not a second action.
 */
import { compilePlacement, type Placement } from './prepare-run.ts';
import type { RunHost } from './run-host.ts';
import { unreachable } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { RunEvent, RunView } from '../model/run.ts';
import type { InputProblem } from '../runtime/input.ts';
import { type Action, isRefused, type Refused } from '../runtime/operator/action.ts';
import { answer } from '../runtime/operator/answer.ts';
import { cancel } from '../runtime/operator/cancel.ts';
import { discard } from '../runtime/operator/discard.ts';
import { resolve, type Resolution } from '../runtime/operator/resolve.ts';
import { redrive, undoRun } from '../runtime/operator/resume.ts';
import { retry } from '../runtime/operator/retry.ts';
import { skip } from '../runtime/operator/skip.ts';
import type { Variables } from './secrets.ts';

export type OperatorVerb = OperatorAsked['verb'];

export type OperatorAsked = Action & {
  readonly id: string;
  /** The variables that the run's environment names, as the asker has them; used where the owner has no place for the run. */
  readonly variables?: Variables;
} & OperatorAct;

/** What is done, whoever asks for it. */
export type OperatorAct =
  | { readonly verb: 'cancel' | 'undo' }
  | { readonly verb: 'resolve'; readonly step: string; readonly visit?: number; readonly as: Resolution }
  | { readonly verb: 'approve' | 'reject'; readonly step: string; readonly visit?: number; readonly input?: Json }
  | { readonly verb: 'skip'; readonly step: string; readonly visit?: number }
  /** `corrected`: where the corrected description is; only its files are taken from it, the run's place stays. */
  | { readonly verb: 'retry'; readonly input?: Json; readonly corrected?: Placement }
  | { readonly verb: 'redrive' | 'discard'; readonly letter: string };

export type Operated =
  /** `removed`: dead letters that are no longer there. */
  | { readonly kind: 'done'; readonly view: RunView; readonly removed: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] }
  | Refused;

export async function operate(
  host: RunHost,
  asked: OperatorAsked,
  onEvent: (event: RunEvent) => void,
): Promise<Operated> {
  const before = (await host.audits(asked.run)).find(({ nonce }) => nonce === asked.id);
  const stop = host.onEvent((event) => {
    if (event.runId === asked.run) onEvent(event);
  });
  try {
    if (asked.variables) await host.place(asked.run, asked.variables);
    const done = await act(host, before ? { ...asked, askedAt: before.at } : asked);
    // What was asked before and is refused now was done then, as far as it could be.
    if (isInvalid(done) || (isRefused(done) && !before)) return done;
    return await afterwards(host, asked);
  } finally {
    stop();
  }
}

type Invalid = Extract<Operated, { kind: 'invalid' }>;
type Acted = Refused | Invalid | { readonly kind: 'acted' };

async function act(host: RunHost, asked: OperatorAsked): Promise<Acted> {
  const ports = host.operatorPorts();
  switch (asked.verb) {
    case 'cancel':
      return acted(await cancel(asked, ports));
    case 'undo':
      return acted(await undoRun(asked, ports));
    case 'resolve':
      return acted(await resolve(asked, ports));
    case 'approve':
    case 'reject': {
      const { input, ...action } = asked;
      const as = asked.verb === 'approve' ? 'approved' : 'rejected';
      return acted(await answer({ ...action, as, ...(input !== undefined && { data: input }) }, ports));
    }
    case 'skip':
      return acted(await skip(asked, ports));
    case 'redrive':
      return acted(await redrive(asked, ports));
    case 'discard':
      return acted(await discard(asked, ports));
    case 'retry': {
      const { corrected, ...action } = asked;
      if (!corrected) return acted(await retry(action, ports));
      const { workflow } = await compilePlacement(corrected);
      await host.keep(workflow);
      return acted(await retry({ ...action, corrected: workflow }, ports));
    }
    default:
      return unreachable(asked, 'verb of an operator');
  }
}

function acted(answer: { readonly kind: string } | Refused | Invalid): Acted {
  return isRefused(answer) || isInvalid(answer) ? answer : { kind: 'acted' };
}

function isInvalid(answer: { readonly kind: string }): answer is Invalid {
  return answer.kind === 'invalid';
}

/** A letter that nobody has to read any more is removed with what it asked for. */
async function afterwards(host: RunHost, asked: OperatorAsked): Promise<Operated> {
  const { run } = asked;
  if (asked.verb === 'discard') {
    const removed = await host.letters.remove([asked.letter]);
    return { kind: 'done', view: await host.viewOf(run), removed };
  }
  await host.recover(run);
  const isAnswer = asked.verb === 'approve' || asked.verb === 'reject';
  const ended = host.ended(run);
  const view = await (isAnswer ? Promise.race([ended, host.waits(run)]) : ended);
  const isOver = asked.verb === 'redrive' && view.status !== 'needs-attention' && view.status !== 'compensating';
  return { kind: 'done', view, removed: isOver ? await host.letters.removeOf(run) : [] };
}

/** A refusal as a command ends with it: a name that nobody knows is the command line's fault, the rest is the run's. */
export function refusalFailure({ code, why }: Refused): Failure {
  const usage = code === 'run-unknown' || code === 'step-unknown';
  return new Failure(`operator-${code}`, why, { kind: usage ? 'usage' : 'document' });
}

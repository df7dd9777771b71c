/**
 * The operator's actions on one machine, as plain JSON that also a client of the data folder's owner can send: the cores
 * of lib/runtime/operator over the host, and, where an action sets the run going again, the run's view once it is at rest.
 */
import { compilePlacement, type Placement } from './prepare-run.ts';
import type { RunHost } from './run-host.ts';
import { unreachable } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { RunEvent, RunView } from '../model/run.ts';
import type { InputProblem } from '../runtime/input.ts';
import type { Action, Refused } from '../runtime/operator/action.ts';
import { cancel } from '../runtime/operator/cancel.ts';
import { resolve, type Resolution } from '../runtime/operator/resolve.ts';
import { undoRun } from '../runtime/operator/resume.ts';
import { retry } from '../runtime/operator/retry.ts';
import { skip } from '../runtime/operator/skip.ts';

export type OperatorAsked = Action &
  (
    | { readonly verb: 'cancel' | 'undo' }
    | { readonly verb: 'resolve'; readonly step: string; readonly visit?: number; readonly as: Resolution }
    | { readonly verb: 'skip'; readonly step: string; readonly visit?: number }
    /** `corrected`: where the corrected description is; only its files are taken from it, the run's place stays. */
    | { readonly verb: 'retry'; readonly input?: Json; readonly corrected?: Placement }
  );

export type Operated =
  | { readonly kind: 'done'; readonly view: RunView }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] }
  | Refused;

export async function operate(
  host: RunHost,
  asked: OperatorAsked,
  onEvent: (event: RunEvent) => void,
): Promise<Operated> {
  const stop = host.onEvent((event) => {
    if (event.runId === asked.run) onEvent(event);
  });
  try {
    const done = await act(host, asked);
    if (done.kind === 'refused' || done.kind === 'invalid') return done;
    return { kind: 'done', view: await host.ended(asked.run) };
  } finally {
    stop();
  }
}

type Acted =
  | Refused
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] }
  | { readonly kind: 'acted' };

async function act(host: RunHost, asked: OperatorAsked): Promise<Acted> {
  const ports = host.operatorPorts();
  switch (asked.verb) {
    case 'cancel':
      return acted(await cancel(asked, ports));
    case 'undo':
      return acted(await undoRun(asked, ports));
    case 'resolve':
      return acted(await resolve(asked, ports));
    case 'skip':
      return acted(await skip(asked, ports));
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

function acted(
  answer:
    | { readonly kind: string }
    | Refused
    | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] },
): Acted {
  if (answer.kind === 'refused' && 'why' in answer) return answer;
  if (answer.kind === 'invalid' && 'problems' in answer) return answer;
  return { kind: 'acted' };
}

/** A refusal as a command ends with it: a name that nobody knows is the command line's fault, the rest is the run's. */
export function refusalFailure({ code, why }: Refused): Failure {
  const usage = code === 'run-unknown' || code === 'step-unknown';
  return new Failure(`operator-${code}`, why, { kind: usage ? 'usage' : 'document' });
}

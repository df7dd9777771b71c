/**
 * Retrying a run (run-contract section 7): the same run in its next epoch, from the beginning of its machine. What stands
 * answers, what was undone or refused is done anew; the input or the description may have been corrected. Refused while
 * anything is unresolved, or may still land.
 */
import type { Json } from '../../model/json.ts';
import type { KeptInput } from '../../model/kept.ts';
import type { Plan } from '../../model/plan.ts';
import { type Fate, fatesOf, isOpen } from '../fates.ts';
import { type InputProblem } from '../input.ts';
import { inputOf } from '../passage.ts';
import { checkedInput, keptInput } from '../run.ts';
import { emit, isoTime } from '../run-events.ts';
import {
  type Action,
  audited,
  look,
  type Looked,
  notNow,
  type OperatorPorts,
  type Refused,
  refused,
  unknownRun,
  firstOf,
} from './action.ts';

export interface RetryAction extends Action {
  /** A corrected input; absent: as it was. */
  readonly input?: Json;
  /** A corrected description's plan, of the same workflow. */
  readonly corrected?: { readonly plan: Plan; readonly planHash: string };
}

export type Retried =
  | { readonly kind: 'retried'; readonly epoch: number }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

export async function retry(action: RetryAction, ports: OperatorPorts): Promise<Retried | Refused> {
  const { run, corrected } = action;
  const seen = await look(run, ports);
  if (!seen) return unknownRun(run);
  const { header } = seen.record;
  const current = seen.plans(header.epoch);
  const { plan, planHash } = corrected ?? current;
  if (plan.workflowId !== header.workflowId) {
    return refused('conflict', `The run ${run} is of the workflow ${header.workflowId}, not of ${plan.workflowId}`);
  }
  const hindered = hindrance(action, seen) ?? (await superseded(run, planHash, ports));
  if (hindered) return hindered;
  const given = await correctedInput(action, ports, plan);
  if (given.kind === 'invalid') return given;
  return await reopen(action, ports, { seen, plan, planHash, changed: given.changed });
}

interface Reopening extends Pick<Extract<Given, { kind: 'given' }>, 'changed'> {
  readonly seen: Looked;
  readonly plan: Plan;
  readonly planHash: string;
}

async function reopen(
  action: RetryAction,
  ports: OperatorPorts,
  { seen, plan, planHash, changed }: Reopening,
): Promise<Retried | Refused> {
  const { run, actor } = action;
  const { header } = seen.record;
  const epoch = header.epoch + 1;
  const corrected = { input: action.input !== undefined, description: planHash !== header.planHash };
  // The next epoch begins without a trace of how this one ended.
  const ended = { status: header.phase, ...(header.endedAt !== undefined && { at: isoTime(header.endedAt) }) };
  return await audited(action, ports, { action: 'retried', detail: { epoch, corrected, ended } }, async () => {
    const deadline = seen.at + plan.deadlineMs;
    const reopened = await ports.journal.reopen(run, { epoch, deadline, planHash, ...changed });
    if (reopened.kind === 'not-now') return notNow(run, reopened.phase);
    emit(ports, { runId: run, workflowId: plan.workflowId }, { type: 'run-started', epoch, actor });
    await ports.executions.start({ run, epoch, plan: planHash });
    return { kind: 'retried', epoch };
  });
}

/** Of a list, all may be open. */
const MOST_NAMES = 20;

function hindrance({ run }: RetryAction, { record: { header }, effects, at }: Looked): Refused | undefined {
  const { phase } = header;
  if (phase !== 'failed' && phase !== 'compensated' && phase !== 'needs-attention') return notNow(run, phase);
  const fates = fatesOf(effects, at);
  const open = fates.filter((fate) => isOpen(fate) || isUnsettled(fate) || isBeingUndone(fate));
  if (open.length > 0) {
    const named = open.map((fate) => `${fate.effect.key.step} (${hindranceOf(fate)})`);
    return refused('not-open', `Resolve these first: ${firstOf(named, MOST_NAMES)}`);
  }
  const quiet = Math.max(0, ...effects.flatMap(({ quietAfter, undos }) => [quietAfter, ...undos.map(lastLanding)]));
  if (quiet > at)
    return refused('not-now', `An effect of the run may still land until ${isoTime(quiet)}: retry after it`);
  return undefined;
}

/** Its machine would have other steps than its plan. */
async function superseded(run: string, planHash: string, { executions }: OperatorPorts): Promise<Refused | undefined> {
  if (!(await executions.superseded?.(planHash))) return undefined;
  const why = `The description under which ${run} ran is not deployed any more`;
  return refused(
    'conflict',
    `${why}: retry it with the current one (\`"description": "current"\`), or deploy that one again`,
  );
}

/** A run that is held has effects that stand, which is no hindrance; what is in doubt is one. */
function isUnsettled({ effect: { state }, kind }: Pick<Fate, 'effect' | 'kind'>): boolean {
  const doubtful = state === 'in-doubt' || state === 'lapsed' || state === 'live';
  return doubtful && kind !== 'gone' && kind !== 'kept';
}

/** Half undone, where an operator's undo broke off: nobody can say that it stands. */
function isBeingUndone({ effect: { undos }, kind }: Fate): boolean {
  return (kind === 'ready' || kind === 'later') && undos.length > 0;
}

function hindranceOf(fate: Fate): string {
  if (isUnsettled(fate)) return 'in-doubt';
  return isBeingUndone(fate) ? 'being undone' : fate.kind;
}

function lastLanding({ quietAfter }: { readonly quietAfter?: number }): number {
  return quietAfter ?? 0;
}

type Given =
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] }
  | {
      readonly kind: 'given';
      readonly changed: { readonly input?: { readonly value: KeptInput; readonly digest: string } };
    };

/** The input that was there is checked again where the description has changed: it may ask for more now. */
async function correctedInput(action: RetryAction, ports: OperatorPorts, plan: Plan): Promise<Given> {
  const { run, input, corrected } = action;
  if (input === undefined && !corrected) return { kind: 'given', changed: {} };
  const given = input ?? (await inputOf(run, ports)) ?? null;
  const checked = await checkedInput(plan, given);
  if (checked.kind === 'invalid') return checked;
  return {
    kind: 'given',
    changed: { input: await keptInput({ plan, runId: run, input: checked.input }, ports.blobs) },
  };
}

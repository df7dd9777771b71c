/**
 * A person's answer to a step that waits: approve it, reject it, give along what it asks for. It may come before the run
 * has come to the step, and is kept; it is taken once, audited with who gave it, and never after the time is up or the run
 * is fenced. What is given along is held against its schema; large and sensitive values of it travel by reference.
 */
import { DEFAULTS } from '../../model/defaults.ts';
import { stepOfPath } from '../../model/item-path.ts';
import { isObject, type Json, own } from '../../model/json.ts';
import type { PlanInteraction, PlanStep } from '../../model/plan.ts';
import { type InputProblem, inputProblems } from '../input.ts';
import { slotOf } from '../interaction.ts';
import { isTooDeep, MAX_JSON_DEPTH } from '../json-depth.ts';
import { exceeds, keepInput } from '../keep.ts';
import type { Answer, Answered } from '../ports/callbacks.ts';
import { isoTime } from '../run-events.ts';
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
} from './action.ts';

export interface AnswerAction extends Action {
  readonly step: string;
  readonly visit?: number;
  readonly as: 'approved' | 'rejected';
  readonly data?: Json;
}

export type AnswerGiven = { readonly kind: 'answered'; readonly step: string; readonly visit: number };

type Invalid = { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

export async function answer(action: AnswerAction, ports: OperatorPorts): Promise<AnswerGiven | Invalid | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const found = stepNamed(action, seen);
  if ('kind' in found) return found;
  const { step, interaction } = found;
  const { header } = seen.record;
  if (header.phase !== 'forward') return notNow(action.run, header.phase);
  const unfit = await problemsOf(action, interaction);
  if (unfit) return unfit;
  const before = await askedBefore(action, ports);
  if (before?.epoch !== undefined && before.epoch !== header.epoch) {
    return refused('not-now', `This was asked of ${step.path} before the run ${action.run} was tried again`);
  }
  const visit = action.visit ?? before?.visit ?? (await openVisit(action.run, step, ports)) ?? 1;
  if (visit > found.most) {
    const often = found.most === 1 ? 'once' : `at most ${found.most} times`;
    return refused('step-unknown', `${step.path} is passed ${often}: there is no visit ${visit}`);
  }
  const entry = { action: action.as, step: step.path, visit, detail: { epoch: header.epoch } } as const;
  const slot = slotOf({ run: action.run, epoch: header.epoch, step: step.path, visit });
  return await audited(action, ports, entry, async () => {
    const refusal = await give(action, { slot, step, interaction }, ports);
    return refusal ?? { kind: 'answered', step: step.path, visit };
  });
}

/** Taken once, and whoever took it wakes who waits; or why it was not. */
async function give(
  action: AnswerAction,
  { slot, step, interaction }: Pick<Named, 'step' | 'interaction'> & { readonly slot: string },
  ports: OperatorPorts,
): Promise<Refused | undefined> {
  const given = await answerFrom(action, interaction, ports);
  const answered = await ports.callbacks.answer(slot, given, action.run);
  const token = answered.kind === 'taken' ? answered.waiter.token : undefined;
  if (token !== undefined) await ports.waking.succeed(token, {});
  return refusalOf(answered, step.path);
}

type Named = { readonly step: PlanStep; readonly interaction: PlanInteraction; readonly most: number };

function stepNamed({ run, step: name }: AnswerAction, { record, plans }: Looked): Named | Refused {
  const { plan } = plans(record.header.epoch);
  const all = Object.values(plan.steps);
  const at = own(plan.steps, stepOfPath(name));
  const named = at ? [at] : all.filter(({ stepId }) => stepId === name);
  const [step, ...others] = named.filter(({ interaction }) => interaction);
  if (step?.interaction && others.length === 0) {
    return { step, interaction: step.interaction, most: step.repeats ? plan.stepBudget : 1 };
  }
  if (step) return refused('step-unknown', `Several steps are called ${name}: ${pathsOf([step, ...others])}`);
  const known = pathsOf(all.filter(({ interaction }) => interaction)) || 'none';
  return named.length > 0
    ? refused('not-open', `${name} of the run ${run} waits for nobody; the steps that wait for a person: ${known}`)
    : refused('step-unknown', `The run ${run} has no step ${name} that waits for a person; those that do: ${known}`);
}

function pathsOf(steps: readonly PlanStep[]): string {
  return steps.map(({ path }) => path).join(', ');
}

/** Whoever asks again under an id means what was meant then: neither a later visit nor the run as it is tried again. */
async function askedBefore(
  { run, id }: AnswerAction,
  { journal }: OperatorPorts,
): Promise<{ readonly visit: number | undefined; readonly epoch: Json | undefined } | undefined> {
  if (id === undefined) return undefined;
  const before = (await journal.audits(run)).find(({ nonce }) => nonce === id);
  if (!before) return undefined;
  const { visit, detail } = before;
  return { visit, epoch: isObject(detail) ? own(detail, 'epoch') : undefined };
}

/** What is given along has the bounds of a run's input. */
export function boundProblem(data: Json | undefined): InputProblem | undefined {
  if (data === undefined) return undefined;
  if (isTooDeep(data)) return { pointer: '', message: `is nested deeper than ${MAX_JSON_DEPTH} levels` };
  const isTooLarge = exceeds(data, DEFAULTS.blobLimitBytes);
  return isTooLarge ? { pointer: '', message: `has more than ${DEFAULTS.blobLimitBytes} bytes` } : undefined;
}

/** A form needs what it asks for; whoever rejects need not fill it in. */
async function problemsOf({ as, data }: AnswerAction, interaction: PlanInteraction): Promise<Invalid | undefined> {
  const { type, schema, sensitive } = interaction;
  const bound = boundProblem(data);
  if (bound) return { kind: 'invalid', problems: [bound] };
  if (as === 'rejected' && data === undefined) return undefined;
  if (type === 'form' && data === undefined) {
    return { kind: 'invalid', problems: [{ pointer: '', message: 'is missing: the step asks for a form' }] };
  }
  if (data === undefined || schema === undefined) return undefined;
  const problems = await inputProblems(schema, data, sensitive);
  return problems.length === 0 ? undefined : { kind: 'invalid', problems };
}

/** The one that waits now, where the step is passed several times. */
async function openVisit(run: string, { path }: PlanStep, { callbacks }: OperatorPorts): Promise<number | undefined> {
  const open = (await callbacks.ofRun(run)).flatMap(({ waiter, answer: given, closed }) =>
    waiter?.step === path && !given && !closed ? [waiter] : [],
  );
  return open.toSorted((one, other) => other.since - one.since)[0]?.visit;
}

async function answerFrom(
  { run, actor, as, note, data, askedAt }: AnswerAction,
  { sensitive }: PlanInteraction,
  ports: OperatorPorts,
): Promise<Answer> {
  const kept = data === undefined ? {} : { data: await keepInput(data, { run, sensitive }, ports.blobs) };
  return { at: askedAt ?? ports.clock.now(), actor, kind: as, ...kept, ...(note !== undefined && { note }) };
}

function refusalOf(answered: Answered | { readonly kind: 'unknown' }, step: string): Refused | undefined {
  switch (answered.kind) {
    case 'answered': {
      const { actor, kind, at } = answered.answer;
      return refused('conflict', `${step} was ${kind} by ${actor} at ${isoTime(at)}`);
    }
    case 'closed':
      return refused(
        'not-now',
        `${step} no longer waits: ${answered.why === 'expired' ? 'its time was up' : 'its run ended'} at ${isoTime(answered.at)}`,
      );
    case 'unknown':
      return refused('not-open', `${step} waits for nobody`);
    default:
      return undefined;
  }
}

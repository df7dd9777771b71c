/**
 * One passage through a step: the task, what the plan says of it, and the values it may read. Made once per invocation
 * and handed from part to part of the call core; nothing in it changes. A `Calling` is the part of it that every call
 * has, those of an undo and a probe too.
 */
import { assert } from '../model/assert.ts';
import type { CarrierEndpoints } from '../model/carriers.ts';
import { type Json, own } from '../model/json.ts';
import { itemPath } from '../model/item-path.ts';
import { oncePer } from '../model/once-per.ts';
import type { Plan, PlanCall, PlanOperation, PlanStep, PlanSystem } from '../model/plan.ts';
import { type CallTask, TaskError } from '../model/task.ts';
import type { Clock, Random } from '../model/time.ts';
import { loadRegex, mayMatch } from '../expressions/regex.ts';
import { loadXPath, type XPath } from '../expressions/xpath.ts';
import type { Tokens } from './auth/tokens.ts';
import { idempotencyKey } from './digest.ts';
import { digestKeyOf } from './digest-key.ts';
import { Evaluation, type RunData } from './evaluation.ts';
import { type Said, saidOf } from './interaction.ts';
import { type Item, itemsOf } from './items.ts';
import { resolveKept, resolveRefs } from './keep.ts';
import type { Callbacks, TaskTokens } from './ports/callbacks.ts';
import type { Blobs } from './ports/blobs.ts';
import type { Environments } from './ports/environment.ts';
import type { Events } from './ports/events.ts';
import type { Http } from './ports/http.ts';
import type { Journal, RunHeader, VisitKey } from './ports/journal.ts';
import type { Locks } from './ports/locks.ts';
import type { Mailboxes } from './ports/mailboxes.ts';
import type { Plans } from './ports/plans.ts';
import type { Protection } from './ports/protection.ts';
import type { Senders } from './ports/senders.ts';
import type { SharedValues } from './ports/shared-values.ts';
import type { Secrets } from './ports/secrets.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { type Standing, reopenedVisit } from './reopened.ts';
import { targetOf } from './request/build.ts';
import { TaskFailure } from './task-failure.ts';
import { type Past, pastOf, visitOf } from './visit.ts';

export interface CallPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly environments: Environments;
  readonly tokens: Tokens;
  /** Where services of AWS are that carry messages; left out: where AWS has them. */
  readonly endpoints?: CarrierEndpoints;
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly protection: Protection;
  /** Where answers are kept that may be used again; left out: none are. */
  readonly answers?: SharedValues;
  readonly locks: Locks;
  readonly callbacks: Callbacks;
  readonly mailboxes: Mailboxes;
  /** Left out: whoever sends what runs wait for does so by itself. */
  readonly senders?: Senders;
  /** Wakes what waits with a token. */
  readonly waking: TaskTokens;
  readonly plans: Plans;
  readonly events: Events;
  readonly telemetry: Telemetry;
}

export interface Calling {
  readonly task: { readonly run: string };
  readonly plan: Plan;
  readonly step: PlanCall;
  readonly operation: PlanOperation;
  readonly system: PlanSystem;
  readonly key: VisitKey;
  readonly past: Past;
  readonly idempotencyKey: string;
  /** What its digests are keyed with. */
  readonly digestKey: string;
  readonly evaluation: Evaluation;
  readonly startedAt: number;
  /** Of the system's several servers, the one that has what this call undoes or looks for. */
  readonly servedBy?: string;
}

export interface Passage extends Calling {
  readonly task: CallTask;
  readonly step: PlanStep;
  /** The same values and the step's own outputs. */
  readonly evaluationWith: (outputs: { readonly [name: string]: Json }) => Evaluation;
  /** As read at the beginning: always for a safe step and in a later epoch, else where an earlier generation counts. */
  readonly header?: RunHeader;
  /** What a person said before it. */
  readonly said?: Said;
  /** In a later epoch: an outcome of an earlier one that answers, so that what stands is not done again. */
  readonly standing?: Standing;
}

export interface Opening {
  /** What stands from an earlier epoch is no answer, because the step is to be done with other data. */
  readonly anew?: boolean;
  /** What was read and listed for many items at once. */
  readonly given?: Given;
}

export interface Given {
  readonly read: RunData;
  readonly digestKey: string;
  readonly item?: Item;
}

export async function openPassage(
  task: CallTask,
  ports: CallPorts,
  { anew = false, given }: Opening = {},
): Promise<Passage> {
  const startedAt = ports.clock.now();
  const plan = await ports.plans.plan(task.plan);
  const step = own(plan.steps, task.step);
  assert(step, `a machine calls steps of its plan (${task.step})`);
  const { digestKey, read, item } = given ?? (await givenTo(task, step, plan, ports));
  const path = item ? itemPath(step.path, item.name) : step.path;
  const reopened = task.epoch > 1 ? await reopenedVisit(task, { plan, step, path, anew }, ports) : undefined;
  const key = reopened?.key ?? visitOf(path, task.at);
  const standing = reopened?.standing;
  const said = standing ? undefined : await saidBefore(task, step, key, ports);
  const counts = step.effect === 'safe' || key.gen > 0;
  const header = reopened?.header ?? (counts ? await ports.journal.header(task.run) : undefined);
  const past = pastOf(key, header?.failures ?? [], reopened?.base);
  const data = { ...read, ...(item && { item: item.value }), ...(said && { interaction: said }) };
  return {
    task,
    plan,
    step,
    ...targetOf(plan, step),
    key,
    past,
    idempotencyKey: idempotencyKey(task.run, { ...key, gen: past.keyGeneration }),
    digestKey,
    evaluation: new Evaluation(plan, data),
    evaluationWith: (outputs) => new Evaluation(plan, { ...data, refs: { ...data.refs, [step.path]: outputs } }),
    ...(header && { header }),
    ...(standing && { standing }),
    ...(said && { said }),
    startedAt,
  };
}

async function givenTo(task: CallTask, step: PlanStep, plan: Plan, ports: CallPorts): Promise<Given> {
  const digestKey = await digestKeyOf(plan, task.run, ports.blobs);
  const read = await readingOf(task, step, plan, ports);
  const item = itemOfTask(task, step, { evaluation: new Evaluation(plan, read), digestKey });
  return { read, digestKey, ...(item && { item }) };
}

/** What the task's values may read. */
export async function readingOf(
  task: Pick<CallTask, 'run' | 'refs'>,
  { readsInputs }: PlanStep,
  plan: Plan,
  ports: Pick<CallPorts, 'journal' | 'blobs'>,
): Promise<RunData> {
  const input = readsInputs ? await inputOf(task.run, ports) : undefined;
  const xpath = await languagesFor(plan);
  const refs = await resolveRefs(task.refs ?? {}, task.run, ports.blobs);
  return { refs, ...(input !== undefined && { input }), ...(xpath && { xpath }) };
}

async function saidBefore(
  { run, epoch }: CallTask,
  { interaction, path }: PlanStep,
  { visit }: VisitKey,
  ports: CallPorts,
): Promise<Said | undefined> {
  return interaction && (await saidOf({ run, epoch, step: path, visit }, interaction, ports));
}

/** The list was read before, from the same values: it cannot have become another one. */
function itemOfTask(
  { item: index }: CallTask,
  step: PlanStep,
  read: { readonly evaluation: Evaluation; readonly digestKey: string },
): Item | undefined {
  const { forEach } = step;
  assert((forEach === undefined) === (index === undefined), 'a step with a list is asked for one of its items');
  if (!forEach || index === undefined) return undefined;
  assert(typeof index === 'number', 'a batch is done item by item');
  const listed = itemsOf({ step, forEach, ...read });
  const item = listed.ok ? listed.items[index] : undefined;
  if (item) return item;
  const why = listed.ok ? `the list of ${step.path} has no item ${index}` : listed.why;
  throw new TaskFailure(TaskError.RunInvalid, why);
}

/** The run's input, or that of an earlier epoch by its digest. */
export async function inputOf(
  run: string,
  { journal, blobs }: Pick<CallPorts, 'journal' | 'blobs'>,
  digest?: string,
): Promise<Json | undefined> {
  const kept = await journal.input(run, digest);
  return kept === undefined ? undefined : await resolveKept(kept, run, blobs);
}

interface Languages {
  readonly xpath: boolean;
  readonly regex: boolean;
}

/**
 * Gets the languages of a plan ready: regular expressions are loaded, XPath is handed out. Only for plans that hold them;
 * asked of each plan once, generously (a literal that looks like it counts).
 */
export async function languagesFor(plan: Plan): Promise<XPath | undefined> {
  const known = languagesIn(plan);
  if (known.regex) await loadRegex();
  return known.xpath ? await loadXPath() : undefined;
}

const languagesIn = oncePer(({ steps, calls, scopes, lock }: Plan): Languages => {
  const text = JSON.stringify([steps, calls, scopes, lock]);
  const xpath = text.includes('"type":"xpath"') || text.includes('"language":"xpath"');
  return { xpath, regex: text.includes('"type":"regex"') || mayMatch(text) };
});

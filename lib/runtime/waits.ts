/** Whom and what a run waits for, for its view: slots that are open, with what the plan says of them. */
import { own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { WaitView } from '../model/run.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { stringify } from '../expressions/stringify.ts';
import { Evaluation } from './evaluation.ts';
import { resolveRefs } from './keep.ts';
import { type CallPorts, inputOf, languagesFor } from './passage.ts';
import type { Waiter } from './ports/callbacks.ts';
import type { RunRecord } from './ports/journal.ts';
import { isoTime } from './run-events.ts';
import { mayWait } from './wait.ts';

type Ports = Pick<CallPorts, 'callbacks' | 'journal' | 'blobs' | 'plans'>;

export async function waitsOf({ header, applied }: RunRecord, now: number, ports: Ports): Promise<readonly WaitView[]> {
  if (header.phase !== 'forward') return [];
  const plan = await ports.plans.plan(header.planHash);
  if (!mayWait(plan)) return [];
  const slots = await ports.callbacks.ofRun(header.runId);
  const open = slots.flatMap(({ waiter, answer, closed }) =>
    waiter && !answer && !closed && waiter.epoch === header.epoch && now < waiter.until ? [waiter] : [],
  );
  return await Promise.all(open.map((waiter) => viewOf(waiter, plan, applied, ports)));
}

async function viewOf(waiter: Waiter, plan: Plan, applied: RunRecord['applied'], ports: Ports): Promise<WaitView> {
  const { interaction, receive } = own(plan.steps, waiter.step) ?? {};
  const description = await descriptionOf(waiter, plan, applied, ports);
  return {
    step: waiter.step,
    visit: waiter.visit,
    type: receive ? 'message' : (interaction?.type ?? 'approval'),
    since: isoTime(waiter.since),
    until: isoTime(waiter.until),
    ...(interaction?.title !== undefined && { title: interaction.title }),
    ...(description !== undefined && { description }),
    ...(interaction?.schema !== undefined && { schema: interaction.schema }),
    id: waiter.id,
  };
}

/** Made when it is looked at: nothing of the run's values is kept for it. What is sensitive is not told. */
async function descriptionOf(
  { run, step: path }: Waiter,
  plan: Plan,
  applied: RunRecord['applied'],
  ports: Ports,
): Promise<string | undefined> {
  const step = own(plan.steps, path);
  const { description, hidden } = step?.interaction ?? {};
  if (!step || !description || hidden) return undefined;
  const input = await inputOf(run, ports);
  const xpath = await languagesFor(plan);
  const last = step.reads.map(
    (read) => [read, applied.findLast(({ key }) => key.step === read)?.outputs ?? null] as const,
  );
  const refs = await resolveRefs(Object.fromEntries(last), run, ports.blobs);
  const evaluation = new Evaluation(plan, { refs, ...(input !== undefined && { input }), ...(xpath && { xpath }) });
  const found = evaluate(description, evaluation.scope(step.scope));
  return found.found ? stringify(found.value) : undefined;
}

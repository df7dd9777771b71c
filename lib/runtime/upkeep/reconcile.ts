/**
 * Run state against the systems' own (R36): effects that were ever in doubt, and what stands in runs that need attention,
 * are looked for again. Every difference is reported and written into the run's audit trail once; with `repair`, an
 * operator's open question that the system itself has answered is resolved by that answer. What it finds of a run that is
 * over and well is told, never undone: nobody has asked for that.
 */
import { assert } from '../../model/assert.ts';
import { type EffectOf, effectsOf, plansOf } from '../effects.ts';
import { type Fate, fatesOf, isOpen } from '../fates.ts';
import type { OperatorPorts } from '../operator/action.ts';
import { resolve } from '../operator/resolve.ts';
import type { Looking } from '../ports/looking.ts';
import type { Phase, RunRecord, RunSummary } from '../ports/journal.ts';
import { systemOfCall } from '../request/build.ts';

export interface ReconcilePorts extends OperatorPorts {
  readonly looking: Looking;
}

export interface Reconciling {
  /** Settle what the systems have answered; else only tell. */
  readonly repair: boolean;
  readonly actor: string;
  /** How many of the newest runs are looked at; or just this one. */
  readonly runs: number;
  readonly run?: string;
  /** Runs that have ended longer ago are left alone. */
  readonly withinMs: number;
}

export interface Difference {
  readonly run: string;
  readonly workflow: string;
  readonly step: string;
  readonly visit: number;
  readonly system: string;
  /** What the journal says, and what its system says. */
  readonly journal: 'stands' | 'gone' | 'in-doubt';
  readonly found: 'applied' | 'absent' | 'unknown';
  readonly why: string;
  /** By what resolution it was repaired, or why not. */
  readonly repaired?: 'undone' | 'applied';
  readonly refused?: string;
}

const LOOKED_AT: readonly Phase[] = ['needs-attention', 'compensated', 'failed', 'succeeded'];

export async function reconcile(asked: Reconciling, ports: ReconcilePorts): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const run of await runsToLookAt(asked, ports)) {
    // One resolution moves the run on: what else is open in it is looked at by the next time.
    for (const difference of await differencesOf(run, ports)) {
      differences.push(await concluded(difference, asked, ports));
      if (differences.at(-1)?.repaired) break;
    }
  }
  return differences;
}

async function runsToLookAt({ run, runs, withinMs }: Reconciling, ports: ReconcilePorts): Promise<readonly string[]> {
  if (run !== undefined) return [run];
  const since = ports.clock.now() - withinMs;
  const newest = await ports.journal.list({ phases: LOOKED_AT, limit: runs });
  const isRecent = ({ phase, endedAt = 0 }: RunSummary): boolean => phase === 'needs-attention' || endedAt >= since;
  return newest.runs.filter(isRecent).map(({ runId }) => runId);
}

/** Of one run: each look is a request, and reads the run. */
const MOST_LOOKS = 200;

async function differencesOf(run: string, ports: ReconcilePorts): Promise<readonly Difference[]> {
  const record = await ports.journal.record(run);
  if (!record || !LOOKED_AT.includes(record.header.phase)) return [];
  const now = ports.clock.now();
  const effects = effectsOf(record, await plansOf(record.header, ports.plans), now);
  const fates = fatesOf(effects, now);
  const found: Difference[] = [];
  const worth = fates.filter((one) => isWorthALook(one, record));
  // Nobody's question is asked last: of a long list there may be more than there is time for.
  const first = [...worth.filter(isOpen), ...worth.filter((one) => !isOpen(one))].slice(0, MOST_LOOKS);
  for (const fate of first) {
    const difference = await lookedAt(fate, record, ports);
    if (difference) found.push(difference);
  }
  return found;
}

/** What has no probe cannot be asked for; what was never in doubt and is nobody's question is believed. */
function isWorthALook(fate: Fate, { header }: RunRecord): boolean {
  const { effect } = fate;
  if (!effect.step.probe) return false;
  return header.phase === 'needs-attention' && isOpen(fate) ? true : wasInDoubt(effect);
}

function wasInDoubt({ applied, failed, verdict, undos }: EffectOf): boolean {
  const attempts = [applied, failed, verdict, ...undos].flatMap((one) => one?.attempts ?? []);
  return verdict !== undefined || attempts.some(({ outcome }) => outcome === 'in-doubt');
}

async function lookedAt(fate: Fate, record: RunRecord, ports: ReconcilePorts): Promise<Difference | undefined> {
  const { effect } = fate;
  const { runId: run, workflowId: workflow } = record.header;
  const { step, visit } = effect.key;
  const { probe } = effect.step;
  assert(probe, 'only what has a probe is looked for');
  const system = systemOfCall(effect.plan, probe.call);
  const journal = standingOf(fate);
  const { found, why } = await ports.looking.look(system, { op: 'look', run, step, visit });
  const agrees = (journal === 'stands' && found === 'applied') || (journal === 'gone' && found === 'absent');
  // Of what the journal is sure of, no answer is no difference.
  if (agrees || (found === 'unknown' && journal !== 'in-doubt')) return undefined;
  return { run, workflow, step, visit, system, journal, found, why };
}

function standingOf({ effect, kind, undone }: Fate): Difference['journal'] {
  if (kind === 'gone' || undone === true) return 'gone';
  return effect.state === 'in-doubt' || effect.state === 'lapsed' ? 'in-doubt' : 'stands';
}

async function concluded(
  difference: Difference,
  { repair, actor }: Reconciling,
  ports: ReconcilePorts,
): Promise<Difference> {
  await writeDown(difference, actor, ports);
  const as = resolutionOf(difference);
  if (!repair || as === undefined) return difference;
  const { run, step, visit, why } = difference;
  const answer = await resolve({ run, actor, step, visit, as, note: why }, ports);
  return answer.kind === 'refused' ? { ...difference, refused: answer.why } : { ...difference, repaired: as };
}

/** What the system's own answer settles: it happened, so it is undone; it is not there, so nothing is left to do. */
function resolutionOf({ journal, found }: Difference): 'undone' | 'applied' | undefined {
  if (found === 'absent' && journal !== 'gone') return 'undone';
  return found === 'applied' && journal === 'in-doubt' ? 'applied' : undefined;
}

/** Once, however often it is found. */
async function writeDown(
  { run, step, visit, journal, found, why }: Difference,
  actor: string,
  { journal: runs, clock, random }: ReconcilePorts,
): Promise<void> {
  const detail = { journal, found };
  const known = (await runs.audits(run)).some(
    (entry) =>
      entry.action === 'reconciled' &&
      entry.step === step &&
      entry.visit === visit &&
      JSON.stringify(entry.detail) === JSON.stringify(detail),
  );
  if (known) return;
  const entry = { at: clock.now(), nonce: random.uuid(), actor, action: 'reconciled', step, visit } as const;
  await runs.audit(run, { ...entry, note: why, detail });
}

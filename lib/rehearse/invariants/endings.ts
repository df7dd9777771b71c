/** Invariants 1 to 4: every run ends, and under each status exactly that stands which the status says. */
import { stepOfPath } from '../../model/item-path.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { FINAL_PHASES, type VisitKey } from '../../runtime/ports/journal.ts';
import { QUEUE } from '../catalogue.ts';
import type { Evidence } from '../evidence.ts';
import { type Violation, violations } from './violation.ts';
import { claimedVisits, claimOf, standingByStep } from './visits.ts';

/** Beyond its deadline a run has the budgets of its undos, and of each call its time, grace and rounds of probing. */
const PROBING_MS = 900_000;

export function everyRunEnds(evidence: Evidence): readonly Violation[] {
  const { restless, record, now } = evidence;
  const { phase } = record.header;
  if (restless) return violations(1, [`the run never comes to rest: it is ${phase} at ${new Date(now).toISOString()}`]);
  if (!FINAL_PHASES.includes(phase)) return violations(1, [`nothing runs any more, and the run is ${phase}`]);
  return violations(1, evidence.handled ? [] : tooLate(evidence));
}

function tooLate({ record, plans, fired }: Evidence): readonly string[] {
  const { header } = record;
  const { plan } = plans(header.epoch);
  const calls = [...Object.values(plan.steps), ...Object.values(plan.calls)];
  const budgets = Object.values(plan.steps).map(({ undo }) =>
    undo?.kind === 'calls' ? undo.budgetMs * undo.calls.length : 0,
  );
  const leases = calls.map(({ leaseMs, graceMs }) => 2 * leaseMs + graceMs);
  const allowed = sum(budgets) + sum(leases) + PROBING_MS * (1 + fired.length);
  const late = (header.endedAt ?? 0) - header.deadline - allowed;
  return late > 0 ? [`the run ended ${late} ms after its deadline and all budgets`] : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** What stands is compared by number: an effect does not say which visit made it. */
export function succeededStandsOnce(evidence: Evidence): readonly Violation[] {
  if (evidence.record.header.phase !== 'succeeded') return [];
  const visits = claimedVisits(evidence);
  const doubts = visits.filter(({ claim }) => claim === 'doubt');
  const open = doubts.filter(({ mayStay }) => !mayStay);
  const wanted = Map.groupBy(
    visits.filter(({ claim }) => claim === 'stands' || claim === 'accepted'),
    ({ path }) => path,
  );
  const standing = standingByStep(evidence);
  const steps = new Set([...wanted.keys(), ...standing.keys()]);
  return violations(2, [
    ...open.map(({ path, visit }) => `the run succeeded, and visit ${visit} of ${path} is in doubt`),
    ...[...steps].flatMap((path) => {
      const [should, does] = [wanted.get(path)?.length ?? 0, standing.get(path)?.length ?? 0];
      const unknown = doubts.filter((visit) => visit.path === path && visit.mayStay).length;
      const isRight = does >= should && does <= should + unknown + keptBefore(evidence, path);
      return isRight ? [] : [`the run succeeded with ${should} visits of ${path}, and ${does} effects stand`];
    }),
  ]);
}

/**
 * Effects of visits that were done anew since, and that may stay beside the new ones: an operator has said so of each, or
 * its author of all of them (`compensate: none`).
 */
function keptBefore(evidence: Evidence, path: string): number {
  const { intents } = evidence.record.header;
  const mayStay = evidence.plans(evidence.record.header.epoch).plan.steps[path]?.undo?.kind === 'none';
  const older = intents.filter(
    ({ key }) => stepOfPath(key.step) === path && intents.some((one) => isAnew(one.key, key)),
  );
  return older.filter(({ key }) => {
    const claim = claimOf(evidence, key);
    return claim === 'accepted' || (mayStay && claim !== 'gone');
  }).length;
}

function isAnew(one: VisitKey, other: VisitKey): boolean {
  return one.step === other.step && one.visit === other.visit && one.gen > other.gen;
}

export function compensatedStandsNothing(evidence: Evidence): readonly Violation[] {
  const { phase } = evidence.record.header;
  if (phase !== 'compensated' && phase !== 'failed') return [];
  const left = unwanted(evidence).map((path) => `the run is ${phase}, and an effect of ${path} stands`);
  const never = phase === 'failed' && !evidence.handled && evidence.record.header.epoch === 1;
  const ever = never && evidence.effects.length > 0 ? ['the run failed as if nothing had ever stood'] : [];
  return violations(3, [...left, ...ever]);
}

/** Paths of effects that stand against everybody's will, once for each. */
function unwanted(evidence: Evidence): readonly string[] {
  const visits = claimedVisits(evidence);
  return [...standingByStep(evidence)].flatMap(([path, effects]) => {
    const step = visits.find((visit) => visit.path === path)?.step;
    if (step?.undo?.kind === 'none') return [];
    const kept = visits.filter((visit) => visit.path === path && visit.claim === 'accepted').length;
    const accepted = kept + keptBefore(evidence, path);
    return effects.slice(accepted).map(() => path);
  });
}

export function attentionNamesWhatStands(evidence: Evidence): readonly Violation[] {
  const { record, letters } = evidence;
  if (record.header.phase !== 'needs-attention') return [];
  const letter = letters.at(-1);
  if (!isObject(letter)) return unlettered(evidence);
  // Its last settlement could not even tell its end: that is what the letter says, and the run's record has the rest.
  if (letter['status'] !== 'needs-attention') return [];
  const stands = entriesOf(letter['stands']);
  const doubtful = entriesOf(letter['inDoubt']);
  return violations(4, [
    ...unnamed(evidence, [...stands, ...doubtful]),
    ...stands.flatMap((entry) => falselyNamed(evidence, entry)),
    ...(stands.length + doubtful.length === 0 ? ['the letter names nothing'] : []),
  ]);
}

/** Where the queue takes none, the run's record says what stands, and its execution has ended under a name of ours. */
function unlettered(evidence: Evidence): readonly Violation[] {
  if (isAborted(evidence)) return [];
  const { fired, histories } = evidence;
  if (!fired.some(({ place }) => place.startsWith('always-') && place.includes(` at ${QUEUE} `)))
    return violations(7, ['the run needs attention, and no letter says so']);
  const isNamed = [...histories.values()].some((events) => {
    const last = events.at(-1);
    return last?.type === 'ExecutionFailed' && last.details.error?.startsWith('Interlock.') === true;
  });
  return violations(
    7,
    isNamed ? [] : ['the run needs attention, and neither a letter nor the end of an execution says so'],
  );
}

/** Who ends the execution that is about to send the letter has seen that run, and its status stays. */
function isAborted({ fired, histories }: Evidence): boolean {
  const isSending = [...histories.values()].some((events) => {
    const sends = events.some(({ details }) => details !== undefined && 'name' in details && details.name === LETTER);
    return sends && events.at(-1)?.type !== 'ExecutionAborted';
  });
  return !isSending && fired.some(({ place }) => place.startsWith('abort'));
}

/** The state of our machines that sends it. */
const LETTER = 'Dead letter';

function unnamed(evidence: Evidence, named: readonly JsonObject[]): readonly string[] {
  const counts = Map.groupBy(unwanted(evidence), (path) => path);
  return [...counts].flatMap(([path, left]) => {
    const said = named.filter(({ step }) => stepOfPath(String(step)) === path).length;
    return left.length > said ? [`${left.length} effects of ${path} stand, and the letter names ${said}`] : [];
  });
}

/** An undo in doubt may have been done; everything else that is said to stand does. */
function falselyNamed(evidence: Evidence, entry: JsonObject): readonly string[] {
  const path = stepOfPath(String(entry['step']));
  if ((standingByStep(evidence).get(path)?.length ?? 0) > 0) return [];
  const undos = entriesOf(entry['undo']);
  const tried = entry['fate'] === 'undo-failed' && (undos.length === 0 || undos.some(mayHaveBeenDone));
  return tried ? [] : [`the letter says that ${path} stands (${String(entry['fate'])}), and it does not`];
}

function mayHaveBeenDone({ outcome }: JsonObject): boolean {
  return outcome === 'in-doubt' || outcome === 'unwanted' || outcome === 'applied';
}

function entriesOf(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

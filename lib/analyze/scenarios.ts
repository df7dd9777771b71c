/**
 * Every way in which a step can fail, and what the design does about each: which outcome it is (lib/model/outcome.ts), whether
 * it is repeated, where the run goes, what is undone and what is left, and how the run may end. The rules are those of the
 * handlers: what they decide by is asked here too, never written down a second time.
 */
import { OUTCOMES, type Outcome } from '../model/outcome.ts';
import type { Plan, PlanAction, PlanStep } from '../model/plan.ts';
import type { RunStatus } from '../model/run.ts';
import { isWorthRepeating, mayRepeatInDoubt } from '../runtime/retry.ts';
import { passedBefore } from './flow-order.ts';
import { unsureOutputsOfUndo } from './undo-outputs.ts';
import { undoWaves } from './undo-waves.ts';

export type Failing = Exclude<Outcome, 'applied'> | 'no-handler';

export type RunEnd = Extract<RunStatus, 'succeeded' | 'compensated' | 'failed' | 'needs-attention'> | 'degraded';

export interface Scenario {
  readonly step: string;
  readonly outcome: Failing;
  readonly when: string;
  /** What stands at the system after it. */
  readonly effect: (typeof OUTCOMES)[Outcome]['effect'];
  /** Attempts in all, where it is made again. */
  readonly attempts: number;
  /** What happens, one after the other. */
  readonly design: readonly string[];
  readonly ends: readonly RunEnd[];
  /** What else may stand when the run fails by it: steps in the waves that undo them, steps that may stay. */
  readonly undone: readonly (readonly string[])[];
  readonly stays: readonly string[];
  /** Steps that nothing undoes or lets stand: why an operator is needed. */
  readonly open: readonly string[];
}

const FAILING: readonly Failing[] = ['refused', 'throttled', 'not-sent', 'unwanted', 'in-doubt', 'no-handler'];

export function scenariosOf(plan: Plan): readonly Scenario[] {
  return Object.values(plan.steps).flatMap((step) => FAILING.map((outcome) => scenarioOf(plan, step, outcome)));
}

interface Part {
  readonly design: readonly string[];
  readonly ends: readonly RunEnd[];
}

type Fenced = Part & Pick<Scenario, 'undone' | 'stays' | 'open'>;

const UNFENCED: Fenced = { design: [], ends: [], undone: [], stays: [], open: [] };

function scenarioOf(plan: Plan, step: PlanStep, outcome: Failing): Scenario {
  const row = OUTCOMES[outcome === 'no-handler' ? 'in-doubt' : outcome];
  const repeats = outcome !== 'no-handler' && isWorthRepeating(outcome, repeatsInDoubt(plan, step));
  const attempts = repeats ? step.retry.attempts : 1;
  const parts: readonly Part[] = [
    ...(attempts > 1 ? [again(step, attempts)] : []),
    ...(outcome === 'no-handler' ? [reinvoked(step)] : []),
    ...probing(step, outcome),
    ...leaving(plan, step, outcome),
  ];
  const fenced = alwaysLeft(step, outcome) ? UNFENCED : fencing(plan, step, outcome);
  return {
    step: step.path,
    outcome,
    when: outcome === 'no-handler' ? 'the function is throttled, killed or never answers' : row.when,
    effect: step.effect === 'safe' ? 'none' : row.effect,
    attempts,
    design: [...parts, fenced].flatMap(({ design }) => design),
    ends: [...new Set([...parts, fenced].flatMap(({ ends }) => ends))],
    undone: fenced.undone,
    stays: fenced.stays,
    open: fenced.open,
  };
}

function repeatsInDoubt(plan: Plan, step: PlanStep): boolean {
  const method = plan.operations[step.operation]?.method ?? 'post';
  return mayRepeatInDoubt(step, method, { since: 0, now: 0 });
}

function again({ retry }: PlanStep, attempts: number): Part {
  return {
    design: [`made again, ${attempts} attempts in all, ${words(retry.intervalMs)} and more apart`],
    ends: ['succeeded'],
  };
}

function reinvoked({ leaseMs, graceMs }: PlanStep): Part {
  return {
    design: [
      `invoked again for ${words(leaseMs + graceMs)}, its lease and grace, and sent again only where that is safe`,
    ],
    ends: ['succeeded'],
  };
}

/** What a doubt is settled by before anybody fails. */
function probing({ effect, probe, graceMs }: PlanStep, outcome: Failing): readonly Part[] {
  if (!isDoubt(outcome) || effect !== 'unsafe' || !probe) return [];
  const asked = `after a grace of ${words(graceMs)} its probe is asked: done, and the run goes on; not done, and it is made once more`;
  return [{ design: [asked], ends: ['succeeded'] }];
}

function isDoubt(outcome: Failing): boolean {
  return outcome === 'in-doubt' || outcome === 'no-handler';
}

/** Nothing of it stands, so that it may be left by an action or a fallback. */
function isFree({ effect }: PlanStep, outcome: Exclude<Failing, 'no-handler'>): boolean {
  return effect === 'safe' || OUTCOMES[outcome].effect === 'none';
}

/** Some action or the fallback is taken in any case: the fence never goes up. */
function alwaysLeft(step: PlanStep, outcome: Failing): boolean {
  if (outcome === 'no-handler' || !isFree(step, outcome)) return false;
  const first = step.onFailure.find(({ type, criteria }) => type !== 'retry' && criteria.length === 0);
  return first ? first.type === 'goto' : step.fallback?.criteria.length === 0;
}

/** Actions and fallback: taken only where nothing may stand (run-contract section 4). */
function leaving(plan: Plan, step: PlanStep, outcome: Failing): readonly Part[] {
  if (outcome === 'no-handler') return [];
  const free = isFree(step, outcome);
  const actions = step.onFailure.filter(({ type }) => free || (type === 'retry' && repeatsInDoubt(plan, step)));
  const kept = step.onFailure.length > 0 && actions.length === 0;
  return [
    ...actions.flatMap(actionPart),
    ...(kept ? [{ design: ['its actions are not taken, because what was done may stand'], ends: [] }] : []),
    ...(free && step.fallback ? [{ design: ['its fallback stands in'], ends: ['degraded' as const] }] : []),
    ...(free ? callersActions(plan, step.scope) : []),
  ];
}

/** A failure that nobody answers for inside a workflow is its caller's, where nothing of the workflow stands. */
function callersActions(plan: Plan, scope: string): readonly Part[] {
  const { caller, parent } = plan.scopes[scope] ?? {};
  if (!caller || parent === undefined) return [];
  const own = caller.onFailure.flatMap(actionPart).map(({ design, ends }) => ({
    design: design.map((line) => `where nothing of ${scope} stands, ${line}`),
    ends,
  }));
  return [...own, ...callersActions(plan, parent)];
}

function actionPart({ name, type, label, retry, criteria }: PlanAction): readonly Part[] {
  const when = criteria.length > 0 ? ', where its criteria hold' : '';
  if (retry) {
    const repair = retry.repair ? ', after its repair' : '';
    const design = `action ${name} begins it again, up to ${retry.limit} times after ${words(retry.afterMs)}${repair}${when}`;
    return [{ design: [design], ends: ['succeeded'] }];
  }
  if (type === 'goto')
    return [{ design: [`action ${name} leads to ${(label ?? '').replace(/^goto /, '')}${when}`], ends: ['succeeded'] }];
  return [{ design: [`action ${name} ends the workflow as failed${when}`], ends: [] }];
}

/** Nobody answers for it: no new effect begins, and what stands is undone. */
function fencing(plan: Plan, step: PlanStep, outcome: Failing): Fenced {
  const own = ownEffect(plan, step, outcome);
  const passed = passedBefore(plan, step.path).flatMap((path) => plan.steps[path] ?? []);
  const effects = passed.filter(({ effect }) => effect !== 'safe');
  const held = plan.onFailure === 'hold' && effects.length > 0;
  const open = effects.filter(({ undo }) => held || undo === undefined).map(({ path }) => path);
  const plain: RunEnd = effects.length > 0 ? 'compensated' : 'failed';
  const ends = own.ends.length === 0 ? [plain] : own.ends;
  return {
    design: own.design,
    ends: open.length > 0 ? ['needs-attention'] : ends,
    undone: held
      ? []
      : undoWaves(
          plan,
          effects.map(({ path }) => path),
        ),
    stays: held ? [] : effects.filter(({ undo }) => undo?.kind === 'none').map(({ path }) => path),
    open: [...open, ...(own.ends.includes('needs-attention') ? [step.path] : [])],
  };
}

/** What becomes of the failed step's own effect, where it stands or may stand. */
function ownEffect(plan: Plan, step: PlanStep, outcome: Failing): Part {
  const { undo, probe, effect } = step;
  const stands = outcome === 'no-handler' ? 'may-stand' : OUTCOMES[outcome].effect;
  if (effect === 'safe' || stands === 'none') return { design: [], ends: [] };
  if (undo?.kind === 'none') return { design: ['what it did may stay'], ends: ['compensated'] };
  if (stands === 'stands') {
    return undo
      ? standing(unsureOutputsOfUndo(plan, step))
      : { design: ['what it did stands, and nothing undoes it'], ends: ['needs-attention'] };
  }
  switch (undo?.whenInDoubt ?? (probe ? 'probe' : 'ask')) {
    case 'undo':
      return { design: ['it is undone whether it happened or not'], ends: ['compensated'] };
    case 'probe':
      return inDoubtProbed(step);
    case 'ask':
      return { design: ['an operator is asked whether it happened'], ends: ['needs-attention'] };
  }
}

/** An undo without a value that it reads is not made: an operator makes it. */
function standing(missing: readonly string[]): Part {
  if (missing.length === 0) return { design: ['it is undone itself'], ends: ['compensated'] };
  const lacking = `it is undone itself, unless its answer lacks ${missing.join(' or ')}, which its undo reads`;
  return { design: [lacking], ends: ['compensated', 'needs-attention'] };
}

function inDoubtProbed({ undo, probe }: PlanStep): Part {
  const known = undo ? 'it is undone if its probe finds it' : 'its probe tells an operator whether it happened';
  if (!undo) return { design: [known], ends: ['compensated', 'needs-attention'] };
  const unsure = probe?.absent.length === 0;
  return { design: [known], ends: unsure ? ['compensated', 'needs-attention'] : ['compensated'] };
}

/** `500 ms`, `12 s`, `1 h`. */
export function words(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const [size, unit] = units.find(([length]) => ms >= length && ms % length === 0) ?? [1_000, 's'];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}

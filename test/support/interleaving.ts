/**
 * One interleaving of the run contract's section 12, played: a description, the faults that make it, and a rule that is
 * taken out by bending what the run stands on (its journal, a port, its plan or machine), never by a switch in the product.
 */
import { EffectSystems } from '../../lib/simulate/effect-systems.ts';
import type { Evidence } from '../../lib/rehearse/evidence.ts';
import { judgeRun } from '../../lib/rehearse/invariants/judge.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { type Beside, Rehearsal, type RehearsedWorkflow } from '../../lib/rehearse/rehearsal.ts';
import { REHEARSED_SECRET } from '../../lib/rehearse/rehearsed-ports.ts';
import { type SubjectOptions, subjectOf } from '../../lib/rehearse/scenario.ts';

/** How one rule is taken out. */
export interface Bend {
  readonly journal?: () => MemoryJournal;
  readonly workflow?: (workflow: RehearsedWorkflow) => RehearsedWorkflow;
  readonly beside?: (ports: Beside) => Partial<Beside>;
  /** What stands between the parts of a rehearsal. */
  readonly within?: (rehearsal: Rehearsal) => void;
}

export interface Interleaved {
  readonly rehearsal: Rehearsal;
  readonly evidence: Evidence;
  readonly phase: string;
  /** Numbers of the invariants that are broken, each once. */
  readonly broken: readonly number[];
  readonly fired: readonly string[];
}

export async function interleaved(
  options: SubjectOptions,
  faults: readonly string[],
  bend: Bend = {},
): Promise<Interleaved> {
  const { workflow, input, beside, routes, idle } = subjectOf(options);
  const rehearsal = new Rehearsal({
    seed: 0,
    faults,
    workflow: bend.workflow?.(workflow) ?? workflow,
    input,
    beside: (clock) => {
      const ports = beside(clock);
      return { ...ports, ...bend.beside?.(ports) };
    },
    idle,
    systems: (now) => new EffectSystems(routes, now),
    journal: bend.journal?.() ?? new MemoryJournal(),
  });
  bend.within?.(rehearsal);
  await rehearsal.run();
  return await judged(rehearsal);
}

/** As it is now: after somebody has done something more with the run. */
export async function judged(rehearsal: Rehearsal): Promise<Interleaved> {
  const evidence = await rehearsal.evidence();
  const broken = new Set(judgeRun(evidence, [REHEARSED_SECRET]).map(({ invariant }) => invariant));
  const fired = evidence.fired.map(({ place }) => place);
  return { rehearsal, evidence, phase: evidence.record.header.phase, broken: [...broken], fired };
}

/** Effects that stand, and the undone ones in the order in which they were. */
export function books({ evidence: { effects } }: Interleaved): {
  readonly standing: readonly string[];
  readonly undone: readonly string[];
} {
  const marks = effects.flatMap(({ id, undone }) => undone.map(({ at }) => ({ id, at })));
  return {
    standing: effects.filter(({ undone }) => undone.length === 0).map(({ id }) => id),
    undone: marks.toSorted((one, other) => one.at - other.at).map(({ id }) => id),
  };
}

/** In which waves the effects of a run would be undone (run-contract section 6): each after all that was built on it. */
import type { Plan } from '../model/plan.ts';
import { pathsOf } from '../runtime/precedence.ts';

/** Of steps that stand when the run fails, the last wave last; a step without calls that undo it is in none. */
export function undoWaves(plan: Plan, standing: readonly string[]): readonly (readonly string[])[] {
  const isBuiltOn = pathsOf(plan);
  const left = new Set(standing.filter((path) => plan.steps[path]?.undo?.kind === 'calls'));
  const waves: (readonly string[])[] = [];
  while (left.size > 0) {
    const ready = [...left].filter((path) => ![...left].some((other) => other !== path && isBuiltOn(path, other)));
    // Steps that may come again can be before each other; which of them came last decides then.
    const wave = ready.length > 0 ? ready : [...left].slice(-1);
    waves.push(wave);
    for (const path of wave) left.delete(path);
  }
  return waves;
}

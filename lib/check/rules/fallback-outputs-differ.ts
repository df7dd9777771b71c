/** Steps that read the outputs of a failed step find those of its fallback: they should have the same names. */
import { type Rule, stepsOf } from '../rule.ts';

export const fallbackOutputsDiffer: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { fallback, step } = linked;
    if (!fallback || fallback.step === step) continue;
    if (fallback.fallback.stepId !== undefined && !fallback.step) continue;
    const given = [...(fallback.step?.outputs ?? fallback.fallback.outputs).keys()];
    const wanted = [...step.outputs.keys()];
    const missing = wanted.filter((name) => !given.includes(name));
    // Another step gives what it has; what is written out for this step alone is misspelt.
    const unknown = fallback.step ? [] : given.filter((name) => !wanted.includes(name));
    if (missing.length + unknown.length === 0) continue;
    report('XIL039', fallback.fallback.at, { stepId: step.stepId, missing, unknown });
  }
};

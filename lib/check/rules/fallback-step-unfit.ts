/**
 * The step that a fallback names stands in for a failed one inside that one's own invocation: so it calls the same system,
 * whose credentials are there, and leaves nothing behind that somebody would have to undo.
 */
import { below } from '../../diagnostics/place.ts';
import { isSafeMethod } from '../../model/methods.ts';
import type { LinkedStep } from '../../model/links.ts';
import { typedPolicies } from '../policy.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const fallbackStepUnfit: Rule = (links, report) => {
  for (const { owner, linked } of stepsOf(links)) {
    const { fallback, step } = linked;
    const other = owner.steps.find((one) => one.step === fallback?.step);
    const why = other && whyUnfit(linked, other);
    if (!fallback || !other || why === undefined) continue;
    const { stepId } = other.step;
    report('XIL038', below(fallback.fallback.at, 'stepId'), { stepId, of: step.stepId, why });
  }
};

function whyUnfit(linked: LinkedStep, other: LinkedStep): string | undefined {
  if (other === linked) return 'it is the very step that failed';
  if (other.step.forEach) return 'it is done for each item of a list';
  if (Object.hasOwn(other.step.policy, 'interaction')) return 'it waits for a person';
  if (other.step.poll) return 'its answer only says that it has begun';
  const { target } = other;
  if (linked.target?.kind !== 'operation' || target === undefined) return undefined;
  if (target.kind !== 'operation') return 'it calls no operation';
  if (target.document !== linked.target.document) return 'it calls another system';
  const accepted = typedPolicies.ofStep(other.step.policy).compensate;
  const stays = accepted !== undefined && 'none' in accepted;
  if (!isSafeMethod(target.operation.method) && !stays) return 'it changes something, and would not be undone';
  const readsFailed = other.reads.some(({ what }) => what.kind === 'step' && what.step === linked.step);
  return readsFailed ? 'it reads outputs of the step that failed' : undefined;
}

/**
 * An undo of an effect that nobody has seen the answer of has none of the step's outputs but those that a probe gives
 * (run-contract section 2): a request made without them would undo something else. Where an operator is asked first, they
 * are there by his word. That the step has no such output at all is policy-read-unavailable's to say.
 */
import type { LinkedStep, Read } from '../../model/links.ts';
import { type Rule, stepsOf } from '../rule.ts';
import { outputNames } from '../rule-reads.ts';

export const outputInDoubt: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { step, undo, probe } = linked;
    const way = undo?.step.policy['whenInDoubt'] ?? (probe ? 'probe' : 'ask');
    if (!undo || (way !== 'undo' && way !== 'probe')) continue;
    // That there is no probe has been said.
    if (way === 'probe' && !probe) continue;
    const declared = outputNames(step);
    const given = way === 'probe' ? [...(probe?.step.outputs.keys() ?? [])] : [];
    for (const { output, at } of ownOutputs(linked, undo.reads)) {
      const wanted = output === '' ? [...step.outputs.keys()] : [output];
      const missing = wanted.filter((name) => declared.includes(name) && !given.includes(name));
      if (missing.length > 0) report('XIL034', at, { stepId: step.stepId, outputs: missing, way, given });
    }
  }
};

function ownOutputs({ step }: LinkedStep, reads: readonly Read[]): { output: string; at: Read['at'] }[] {
  return reads.flatMap(({ what, at }) =>
    what.kind === 'step' && what.step === step ? [{ output: what.output, at }] : [],
  );
}

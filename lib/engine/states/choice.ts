/** Choice: the first rule whose Condition holds decides, with its own Assign and Output; else Default with the state's. */
import { ErrorName } from '../../model/asl.ts';
import { fail, failEvaluation } from '../failing.ts';
import type { CompiledChoice, Exit } from '../machine.ts';
import { Problem } from '../query/language.ts';
import { whileExecuting } from '../state-failure.ts';
import { type Strand, type Turn, viewOf } from '../turn.ts';

export async function attemptChoice(turn: Turn, strand: Strand, state: CompiledChoice): Promise<void> {
  const view = viewOf(turn, strand);
  for (const rule of state.rules) {
    const holds = await rule.condition.evaluate(view);
    if (holds instanceof Problem) return failEvaluation(turn, strand, holds);
    if (holds === true) return choose(strand, rule.exit);
  }
  if (state.hasDefault) return choose(strand, state.exit);
  const { name, entered } = strand.scope.frame;
  const cause = whileExecuting(
    name,
    entered,
    'Failed to transition out of the state. The state does not point to a next state.',
  );
  // The specification says States.NoChoiceMatched; the service says this (measured).
  fail(strand, { error: ErrorName.Runtime, cause, fatal: 'execution' });
}

function choose(strand: Strand, exit: Exit): void {
  const { frame } = strand.scope;
  frame.phase = { kind: 'done', exit, fallback: frame.input };
}

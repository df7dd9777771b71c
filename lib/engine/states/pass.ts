/** Pass, Succeed and Fail: states that do nothing themselves. */
import { fail, failEvaluation } from '../failing.ts';
import type { CompiledFail, CompiledPass, CompiledSucceed } from '../machine.ts';
import { Problem } from '../query/language.ts';
import { evaluateAll, type Soon, whenKnown } from '../query/soon.ts';
import type { StateFailure } from '../state-failure.ts';
import { type Strand, type Turn, viewOf } from '../turn.ts';

export function attemptPass(_turn: Turn, strand: Strand, state: CompiledPass | CompiledSucceed): void {
  const { frame } = strand.scope;
  frame.phase = { kind: 'done', exit: state.exit, fallback: frame.input };
}

/** Error and Cause are absent where the state does not give them. */
export function attemptFail(turn: Turn, strand: Strand, state: CompiledFail): Soon<void> {
  const failure = evaluateAll(
    [state.error, state.cause],
    viewOf(turn, strand),
    ([error, cause]): StateFailure => ({
      // Both queries are typed.
      ...(error !== undefined && { error: error as string }),
      ...(cause !== undefined && { cause: cause as string }),
    }),
  );
  return whenKnown(failure, (known) => {
    if (known instanceof Problem) failEvaluation(turn, strand, known);
    else fail(strand, known);
  });
}

/** Pass, Succeed and Fail: states that do nothing themselves. */
import { fail, failEvaluation } from '../failing.ts';
import type { CompiledFail, CompiledPass, CompiledSucceed } from '../machine.ts';
import { Problem } from '../query/language.ts';
import { type Strand, type Turn, viewOf } from '../turn.ts';

export function attemptPass(_turn: Turn, strand: Strand, state: CompiledPass | CompiledSucceed): void {
  const { frame } = strand.scope;
  frame.phase = { kind: 'done', exit: state.exit, fallback: frame.input };
}

/** Error and Cause are absent where the state does not give them. */
export async function attemptFail(turn: Turn, strand: Strand, state: CompiledFail): Promise<void> {
  const view = viewOf(turn, strand);
  const error = (await state.error?.evaluate(view)) as string | Problem | undefined;
  if (error instanceof Problem) return failEvaluation(turn, strand, error);
  const cause = (await state.cause?.evaluate(view)) as string | Problem | undefined;
  if (cause instanceof Problem) return failEvaluation(turn, strand, cause);
  fail(strand, { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
}


/** Parallel: all branches at once, each a scope of its own; the result is an array in the order of Branches. */
import type { Json } from '../../model/json.ts';
import { failEvaluation } from '../failing.ts';
import type { CompiledParallel } from '../machine.ts';
import { Problem } from '../query/language.ts';
import { type Soon, whenKnown } from '../query/soon.ts';
import type { Branch, Branching } from '../snapshot.ts';
import { childStrand, newScope, stateOf } from '../strands.ts';
import { emit, nextSerial, type Strand, type Turn, viewOf } from '../turn.ts';

export function attemptParallel(turn: Turn, strand: Strand, state: CompiledParallel): Soon<void> {
  const view = viewOf(turn, strand);
  const input = state.arguments === null ? view.input : state.arguments.evaluate(view);
  return whenKnown(input, (known) => {
    if (known instanceof Problem) failEvaluation(turn, strand, known);
    else startBranches(turn, strand, state, known);
  });
}

function startBranches(turn: Turn, strand: Strand, state: CompiledParallel, input: Json): void {
  const { scope } = strand;
  scope.last = emit(turn, scope.last, 'ParallelStateStarted');
  scope.frame.base = scope.last;
  const scopes = state.branches.map((region) => newScope(region, input, scope.last));
  scope.frame.phase = {
    kind: 'parallel',
    visit: nextSerial(strand),
    branches: scopes.map((inner) => ({ scope: inner })),
    remaining: scopes.length,
  };
  for (const [index, inner] of scopes.entries()) turn.ready.push(childStrand(strand, index, inner));
}

/** The last branch to end takes the Parallel on. */
export function branchEnded(turn: Turn, strand: Strand, outer: Strand, phase: Branching, output: Json): void {
  phase.branches = phase.branches.with(strand.index, { output });
  phase.remaining -= 1;
  if (phase.remaining > 0) return;
  const { scope } = outer;
  const result = phase.branches.map((branch) => (branch as Extract<Branch, { output: Json }>).output);
  scope.last = strand.scope.last;
  emit(turn, scope.last, 'ParallelStateSucceeded');
  scope.frame.base = scope.last;
  scope.frame.phase = { kind: 'done', exit: stateOf(outer).exit, result, fallback: result };
  turn.ready.push(outer);
}

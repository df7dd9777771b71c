/**
 * Leaving a state: Assign and Output are evaluated over the variables as they were on entry, then the assignments apply
 * together, the exit is recorded, and the strand stands before its next state or at its end. Catchers and choice rules
 * leave through here too, with their own Assign and Output.
 */
import type { Json, JsonObject } from '../model/json.ts';
import { fail, failEvaluation } from './failing.ts';
import { exceeds, sizeWithin } from './json-size.ts';
import { endExecution } from './ending.ts';
import { PAYLOAD_BYTES, VARIABLES_BYTES } from './quotas.ts';
import { Problem } from './query/language.ts';
import { evaluateAll, type Soon, whenKnown } from './query/soon.ts';
import type { Done, Iterating } from './snapshot.ts';
import { dataLimitExceeded } from './state-failure.ts';
import { iterationEnded } from './states/map.ts';
import { branchEnded } from './states/parallel.ts';
import { merged, newFrame, stateOf } from './strands.ts';
import { emit, type Strand, type Turn, viewOf } from './turn.ts';

/** True when the strand is at its end. */
export function leave(turn: Turn, strand: Strand, done: Done): Soon<boolean> {
  const { exit, fallback } = done;
  const view = viewOf(turn, strand, { result: done.result, errorOutput: done.errorOutput });
  const left = evaluateAll([exit.assign, exit.output], view, ([assigned = null, output = fallback]): Left => {
    return { assigned: assigned as JsonObject | null, output };
  });
  return whenKnown(left, (known) => goOn(turn, strand, done, known));
}

interface Left {
  readonly output: Json;
  readonly assigned: JsonObject | null;
}

function goOn(turn: Turn, strand: Strand, done: Done, left: Left | Problem): Soon<boolean> {
  if (left instanceof Problem) {
    failEvaluation(turn, strand, left, done.errorOutput !== undefined);
    return false;
  }
  const { output, assigned } = left;
  const isUnchanged = output === strand.scope.frame.input;
  if ((!isUnchanged && exceeds(output, PAYLOAD_BYTES)) || (assigned !== null && !assign(turn, strand, assigned))) {
    fail(strand, { ...dataLimitExceeded(strand.scope.frame.name), fatal: 'execution' });
    return false;
  }
  recordExit(turn, strand, output, assigned);
  if (done.exit.next === null) return endStrand(turn, strand, output);
  strand.scope.frame = newFrame(done.exit.next, output, strand.scope.last);
  return false;
}

/** False when a quota forbids it: one Assign, or all variables of the execution. */
function assign(turn: Turn, strand: Strand, assigned: JsonObject): boolean {
  if (exceeds(assigned, PAYLOAD_BYTES)) return false;
  const { scope } = strand;
  const variables = merged(scope.variables, assigned);
  const size = sizeWithin(variables, VARIABLES_BYTES);
  if (turn.variablesSize - scope.size + size > VARIABLES_BYTES) return false;
  turn.variablesSize += size - scope.size;
  scope.variables = variables;
  scope.size = size;
  strand.variables = merged(strand.variables, assigned);
  return true;
}

function recordExit(turn: Turn, strand: Strand, output: Json, assigned: JsonObject | null): void {
  const { scope } = strand;
  const { name } = scope.frame;
  const wasAssigned = assigned !== null && Object.keys(assigned).length > 0;
  const details = wasAssigned ? { name, output, assignedVariables: assigned } : { name, output };
  scope.last = emit(turn, scope.last, `${stateOf(strand).type}StateExited`, details);
}

function endStrand(turn: Turn, strand: Strand, output: Json): Soon<true> {
  const { outer } = strand;
  if (outer === null) {
    endExecution(turn, strand, { status: 'SUCCEEDED', output });
    return true;
  }
  turn.variablesSize -= strand.scope.size;
  const { phase } = outer.scope.frame;
  if (phase.kind !== 'parallel')
    return iterationEnded(turn, strand, outer, phase as Iterating, output).then(() => true);
  branchEnded(turn, strand, outer, phase, output);
  return true;
}

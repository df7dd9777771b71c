/** A Map's success, whether its iterations ran inline or as a Map run. */
import type { Json } from '../../model/json.ts';
import { stateOf } from '../strands.ts';
import { emit, type Strand, type Turn } from '../turn.ts';

/** MapStateSucceeded and the exit both follow the last iteration (recorded). */
export function mapSucceeded(turn: Turn, strand: Strand, result: Json): void {
  const { scope } = strand;
  emit(turn, scope.last, 'MapStateSucceeded');
  scope.frame.base = scope.last;
  scope.frame.phase = { kind: 'done', exit: stateOf(strand).exit, result, fallback: result };
}

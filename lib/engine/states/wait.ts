/** Wait: for a number of seconds from entering, or until a point in time; what is past already does not wait at all. */
import type { Json } from '../../model/json.ts';
import { timerId } from '../effect.ts';
import { failEvaluation } from '../failing.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { CompiledWait } from '../machine.ts';
import { SECONDS } from '../quotas.ts';
import { Problem } from '../query/language.ts';
import { nextWaitId, type Strand, type Turn, viewOf } from '../turn.ts';

export async function attemptWait(turn: Turn, strand: Strand, state: CompiledWait): Promise<void> {
  const { frame } = strand.scope;
  // The entering is on record before the service looks at the time: a failure follows it.
  if (state.until.kind === 'timestamp') frame.base = frame.entered;
  const value = await state.until.query.evaluate(viewOf(turn, strand));
  const until = value instanceof Problem ? value : untilOf(turn, state.until.kind, value);
  if (until instanceof Problem) return failEvaluation(turn, strand, until);
  if (until <= turn.event.time) return waited(strand, state);
  const id = nextWaitId(strand);
  frame.phase = { kind: 'waiting', id, until };
  frame.base = strand.scope.last;
  turn.effects.push({ kind: 'timer', id: timerId('wait', id), at: until });
}

export function waited(strand: Strand, state: CompiledWait): void {
  const { frame } = strand.scope;
  frame.phase = { kind: 'done', exit: state.exit, fallback: frame.input };
}

function untilOf(turn: Turn, kind: 'seconds' | 'timestamp', value: Json): number | Problem {
  if (kind === 'seconds') return afterSeconds(turn, value as number);
  const time = parseTimestamp(value as string);
  if (time !== null) return time;
  const message = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string';
  return new Problem(`${message}: ${value as string}`, 'Timestamp');
}

function afterSeconds(turn: Turn, seconds: number): number | Problem {
  if (!Number.isInteger(seconds))
    return new Problem(`The Seconds field cannot be parsed as a long value: ${seconds}`, 'Seconds');
  if (seconds < 0) return new Problem(`The Seconds field references a negative value: ${seconds}`, 'Seconds');
  if (seconds > SECONDS) return new Problem('Wait state delay is too long.', 'Seconds');
  return turn.event.time + seconds * 1000;
}

/**
 * The line of runs that want one lock, as a value: who asked, in which order, and since when the head has been the owner.
 * `turn` is the owner's fencing token. The adapter on one machine keeps it in a row; the one over DynamoDB says the same
 * in conditions on one item.
 */
import { type LockAnswer, type LockAsk, type LockOwner, type LockPlace, MAX_IN_LINE } from '../ports/locks.ts';

export interface Waiting extends LockPlace {
  readonly askedAt: number;
}

export interface Line {
  readonly turn: number;
  /** Since when the head has been the owner. */
  readonly since: number;
  readonly queue: readonly Waiting[];
}

export const EMPTY_LINE: Line = { turn: 0, since: 0, queue: [] };

export function asked(line: Line, { run, epoch, at }: LockAsk): { readonly line: Line; readonly answer: LockAnswer } {
  const known = line.queue.findIndex((one) => one.run === run);
  const mine: Waiting = { run, epoch, askedAt: at };
  if (known >= 0) {
    const isLater = epoch > (line.queue[known]?.epoch ?? epoch);
    const joined = isLater ? takenOver(line, known, mine) : line;
    return { line: joined, answer: answerOf(joined, run) };
  }
  if (line.queue.length >= MAX_IN_LINE) return { line, answer: { kind: 'full', owner: ownerOf(line) } };
  // The first turn of a line is a time, so that a line that was forgotten in between goes on with higher numbers.
  const begun = line.queue.length === 0 ? { turn: line.turn === 0 ? at : line.turn + 1, since: at } : {};
  const joined = { ...line, ...begun, queue: [...line.queue, mine] };
  return { line: joined, answer: answerOf(joined, run) };
}

/** A later epoch of the same run: the place stays, but who holds it is somebody else. */
function takenOver(line: Line, index: number, mine: Waiting): Line {
  const queue = line.queue.with(index, mine);
  return index === 0 ? { turn: line.turn + 1, since: mine.askedAt, queue } : { ...line, queue };
}

export function left(line: Line, { run, epoch }: LockPlace, at: number): Line {
  const index = line.queue.findIndex((one) => one.run === run && one.epoch === epoch);
  if (index < 0) return line;
  const queue = line.queue.toSpliced(index, 1);
  return index === 0 && queue.length > 0 ? { turn: line.turn + 1, since: at, queue } : { ...line, queue };
}

/** For a run that is in the line. */
export function answerOf(line: Line, run: string): LockAnswer {
  const ahead = line.queue.findIndex((one) => one.run === run);
  if (ahead === 0) return { kind: 'granted', token: line.turn };
  return { kind: 'waiting', ahead, askedAt: line.queue[ahead]?.askedAt ?? line.since, owner: ownerOf(line) };
}

export function ownerOf({ queue: [head], since }: Line): LockOwner {
  return { run: head?.run ?? '', epoch: head?.epoch ?? 0, since };
}

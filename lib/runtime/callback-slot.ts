/**
 * One slot of what a run waits for, as pure changes: what both stores of callbacks do in one conditional write. An answer
 * and an end exclude each other; whoever comes second is told what the first one did.
 */
import type { Answer, Answered, Callbacks, Slot, Waiter } from './ports/callbacks.ts';

export interface Changed<A> {
  /** The very same where nothing is to be written. */
  readonly slot: Slot;
  readonly answer: A;
}

export type WaitAnswer = Awaited<ReturnType<Callbacks['wait']>>;
export type CloseAnswer = Awaited<ReturnType<Callbacks['close']>>;

export function waiting(slot: Slot, waiter: Waiter): Changed<WaitAnswer> {
  if (slot.answer) return { slot, answer: { kind: 'answered', answer: slot.answer } };
  if (slot.closed) return { slot, answer: { kind: 'closed', ...slot.closed } };
  const before = slot.waiter;
  if (before && before.run !== waiter.run && waiter.since < before.until) {
    return { slot, answer: { kind: 'taken', by: before } };
  }
  const id = before?.run === waiter.run ? before.id : waiter.id;
  return { slot: { ...slot, waiter: { ...waiter, id } }, answer: { kind: 'waiting', id } };
}

export function answering(
  slot: Slot,
  answer: Answer,
  early: boolean,
): Changed<Answered | { readonly kind: 'unknown' }> {
  if (slot.closed) return { slot, answer: { kind: 'closed', ...slot.closed } };
  if (slot.answer) return { slot, answer: again(slot, slot.answer, answer) };
  const { waiter } = slot;
  if (!waiter && !early) return { slot, answer: { kind: 'unknown' } };
  if (waiter && answer.at >= waiter.until) {
    const closed = { at: waiter.until, why: 'expired' as const };
    return { slot: { ...slot, closed }, answer: { kind: 'closed', ...closed } };
  }
  return { slot: { ...slot, answer }, answer: waiter ? { kind: 'taken', waiter } : { kind: 'kept' } };
}

/** Asked again after an answer that was lost, it is the same answer, and the waiter may still have to be woken. */
function again({ waiter }: Slot, before: Answer, answer: Answer): Answered {
  const isSame = JSON.stringify(before) === JSON.stringify({ ...answer, at: before.at });
  if (!isSame) return { kind: 'answered', answer: before };
  return waiter ? { kind: 'taken', waiter, again: true } : { kind: 'kept' };
}

export function closing(slot: Slot, closed: NonNullable<Slot['closed']>): Changed<CloseAnswer> {
  if (slot.answer) return { slot, answer: { kind: 'answered', answer: slot.answer } };
  return { slot: slot.closed ? slot : { ...slot, closed }, answer: { kind: 'closed' } };
}

/**
 * Locks between runs (run-contract section 8): one line per key, in the order of asking; its head is the owner. Nothing
 * ends by time: a lock is given back when its owner has reached its final phase, by the owner or by whoever has looked at
 * it (lib/runtime/lock.ts). Methods reject when the store fails; a run that cannot ask waits.
 */
export interface LockPlace {
  readonly run: string;
  readonly epoch: number;
}

export interface LockOwner extends LockPlace {
  /** Since when it is the owner. */
  readonly since: number;
}

export interface LockAsk extends LockPlace {
  readonly key: string;
  readonly at: number;
}

export type LockAnswer =
  /** `token` grows with every owner of the key and is never given twice: a fencing token. */
  | { readonly kind: 'granted'; readonly token: number }
  /** `ahead`: how many are before it, the owner included. */
  | { readonly kind: 'waiting'; readonly ahead: number; readonly askedAt: number; readonly owner: LockOwner }
  /** The line is as long as it may get. */
  | { readonly kind: 'full'; readonly owner: LockOwner };

export interface Locks {
  /** Asked again by the same run and epoch it answers from the place in the line; a later epoch takes the run's place over. */
  acquire(ask: LockAsk): Promise<LockAnswer>;

  /** Gives up the lock or the place in the line: conditional on the run being there in this very epoch. */
  release(key: string, place: LockPlace, at: number): Promise<void>;
}

/** Runs that wait for one key at once; a bound on the size of a line. */
export const MAX_IN_LINE = 250;

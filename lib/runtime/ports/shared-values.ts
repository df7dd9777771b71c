/**
 * Texts that all runs of a deployment share under a key: rotated refresh tokens, answers that may be used again. Whoever
 * writes seals what is secret first, so the store sees none. Values end by themselves; answers are thrown away before
 * that where they take too much room, what is `kept` never is. Methods reject with a Failure where the store fails.
 */
export interface SharedValue {
  readonly text: string;
  readonly until: number;
}

export interface SharedWrite {
  readonly text: string;
  readonly at: number;
  /** The store may forget it from then on. */
  readonly until: number;
  /** Never thrown away for room. */
  readonly kept?: boolean;
}

export interface SharedValues {
  get(key: string, at: number): Promise<SharedValue | undefined>;
  /** False: the text is larger than the store takes. The last write wins; what must not race takes a permit first. */
  put(key: string, write: SharedWrite): Promise<boolean>;
  remove(key: string): Promise<void>;
}

/** What both stores take (an item of DynamoDB has at most 400 KB). */
export const MAX_SHARED_BYTES = 350_000;

/**
 * The one error class for what the world does to us: a file that cannot be read, a missing secret, a full disk.
 * It is rendered without a stack. Faults of a user's document are diagnostics (data), failures of a run are values,
 * and our own mistakes are assertions: none of those three is ever a Failure.
 */

/** How a failure ends the command: which line of the exit-code table it belongs to (contracts: 1, 2 or 3). */
export type FailureKind = 'document' | 'usage' | 'world';

export interface FailureOptions {
  readonly kind?: FailureKind;
  readonly cause?: unknown;
  /** The change to make, one full sentence. */
  readonly remedy?: string;
}

export class Failure extends Error {
  readonly code: string;
  readonly kind: FailureKind;
  readonly remedy: string | undefined;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.kind = options.kind ?? 'world';
    this.remedy = options.remedy;
  }
}

/**
 * What a run waits for from outside: a person's answer (an interaction) or a message (a receive). One slot per thing that
 * is waited for, under a key that both sides can compute, so that an answer may come before the run waits for it and is
 * kept. An answer and the expiry of the wait are one conditional write: whoever is first wins, and the winner alone wakes
 * the task token (run-contract section 8, interleaving 20). Tokens change per attempt and epoch; the answer stays. Methods
 * reject when the store fails; the answer to a call says everything that its caller has to know.
 */
import type { Json } from '../../model/json.ts';
import type { KeptInput } from '../../model/kept.ts';

/** Who waits: the token is a state's own and is never given to anybody outside. */
export interface Waiter {
  readonly run: string;
  readonly epoch: number;
  readonly step: string;
  readonly visit: number;
  readonly gen: number;
  /** Of Step Functions, or of the engine; absent: the run will ask, nobody has to be woken. */
  readonly token?: string;
  readonly since: number;
  /** After it no answer is taken. */
  readonly until: number;
  /**
   * 128 random bits in base64url, under which `POST /callbacks/{id}` finds the slot. The same for every token of one slot:
   * it has been handed out.
   */
  readonly id: string;
}

/** What came. `data` is what the step reads, kept as a run's input is: large and sensitive values by reference. */
export interface Answer {
  readonly at: number;
  /** OS user, ARN, JWT subject; of a message `callback` or its source. */
  readonly actor: string;
  readonly kind: 'approved' | 'rejected' | 'message';
  readonly data?: KeptInput;
  readonly note?: string;
}

/** What became of a slot, for whoever looks at it. */
export interface Slot {
  readonly key: string;
  readonly waiter?: Waiter;
  readonly answer?: Answer;
  /** The wait ended without an answer, or its run did: what comes now is refused. */
  readonly closed?: { readonly at: number; readonly why: 'expired' | 'ended' };
}

export type Answered =
  /** The waiter's token is to be woken; `again` where this very answer had been given before. */
  | { readonly kind: 'taken'; readonly waiter: Waiter; readonly again?: boolean }
  /** Nobody waits yet: it is kept, until somebody does or it is too old. */
  | { readonly kind: 'kept' }
  /** Somebody else answered first. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'closed'; readonly at: number; readonly why: 'expired' | 'ended' };

export interface Callbacks {
  /**
   * The slot is this waiter's from now on; an earlier waiter's token of the same run is forgotten, its id stays. An answer
   * that is there already is given at once.
   */
  wait(
    key: string,
    waiter: Waiter,
  ): Promise<
    | { readonly kind: 'waiting'; readonly id: string }
    | { readonly kind: 'answered'; readonly answer: Answer }
    | { readonly kind: 'closed'; readonly at: number; readonly why: 'expired' | 'ended' }
    /** Another run waits under this key, and its wait is not over. */
    | { readonly kind: 'taken'; readonly by: Waiter }
  >;

  /** Conditional on there being no answer and no end. `early`: the run that will wait; without it nobody is waited for. */
  answer(key: string, answer: Answer, early?: string): Promise<Answered | { readonly kind: 'unknown' }>;

  /** Conditional on there being no answer: the wait is over. Answered in the meantime: the answer wins. */
  close(
    key: string,
    end: { readonly at: number; readonly why: 'expired' | 'ended' },
  ): Promise<{ readonly kind: 'closed' } | { readonly kind: 'answered'; readonly answer: Answer }>;

  slot(key: string): Promise<Slot | undefined>;

  /** The key of the slot with this public id. */
  keyOf(id: string): Promise<string | undefined>;

  /** Everything that a run waits for or has been answered, for its view and for forgetting it. */
  ofRun(run: string): Promise<readonly Slot[]>;
}

/** Wakes a state that waits with a token: of Step Functions, or of the engine. A token that nobody waits with is no failure. */
export interface TaskTokens {
  succeed(token: string, output: Json): Promise<'woken' | 'gone'>;
  fail(token: string, why: { readonly error: string; readonly cause: string }): Promise<'woken' | 'gone'>;
}

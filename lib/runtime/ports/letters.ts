/** Dead letters as a queue hands them out: each for a while, to be removed by whoever has dealt with it. */
export interface LetterInHand {
  readonly id: string;
  /** Undefined: it is no letter of a run. */
  readonly run?: string;
  remove(): Promise<void>;
}

export interface Letters {
  /** None: there is none that nobody has in hand. */
  take(limit: number): Promise<readonly LetterInHand[]>;
}

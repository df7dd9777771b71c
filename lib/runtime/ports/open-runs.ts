/** Runs that are not over, by when somebody has to look at them next: at their deadline, or when a compensator's lease ends. */
export interface OpenRuns {
  /** Ids of those that are due at a time, the longest overdue first as far as that is known. */
  due(asked: { readonly at: number; readonly limit: number }): Promise<readonly string[]>;
}

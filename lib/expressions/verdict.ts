/** What became of a criterion. `why` is there exactly when it is not met; neither it nor a note holds a value of the run. */
export interface Verdict {
  readonly met: boolean;
  readonly why?: string;
  /** What should be reported although the criterion was decided: missing values, errors, tolerances. */
  readonly notes: readonly string[];
}

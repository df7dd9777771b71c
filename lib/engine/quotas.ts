/**
 * The service's quotas, each enforced where the service enforces it: https://docs.aws.amazon.com/step-functions/latest/dg/limits.html
 * and the recorded cases. A number that limits anything in this folder stands here.
 */

/** Input, output and result of a state, a variable, one Assign: bytes of JSON in UTF-8. */
export const PAYLOAD_BYTES: number = 262_144;

/** All variables of an execution together. */
export const VARIABLES_BYTES: number = 10 * 1024 * 1024;

/** The last event may only be the end of the execution. */
export const HISTORY_EVENTS: number = 25_000;

/** Names of state machines and executions. */
export const NAME_LENGTH: number = 80;

export const INLINE_MAP_CONCURRENCY: number = 40;

export const DISTRIBUTED_MAP_CONCURRENCY: number = 10_000;

/** TimeoutSeconds, HeartbeatSeconds, Wait Seconds, retry intervals. */
export const SECONDS: number = 99_999_999;

/** An Express execution ends then, whatever its machine says. */
export const EXPRESS_SECONDS: number = 300;

/** How long after its end an execution may be redriven. */
export const REDRIVE_WINDOW_MS: number = 14 * 24 * 3600 * 1000;

/** How deep an expression may nest or recurse: 100 terms of `1+1+...` pass at the service, 101 do not. */
export const EXPRESSION_DEPTH: number = 100;

/** Evaluation steps of one expression: the service bounds time, which would not replay. */
export const EXPRESSION_STEPS: number = 1_000_000;

/** Of one intermediate value: measured at the service, `[1..873782]` passes and one more does not. */
export const EXPRESSION_ARRAY_ITEMS: number = 873_782;

/** The same memory in characters: a string of 2^22 passes at the service, one of 2^23 does not. */
export const EXPRESSION_STRING_CHARACTERS: number = 8 * EXPRESSION_ARRAY_ITEMS;

/** `$range` has a bound of its own, measured. */
export const RANGE_ITEMS: number = 360_145;

/** Defaults of Retry. */
export const RETRY_INTERVAL_SECONDS: number = 1;
export const RETRY_BACKOFF_RATE: number = 2;
export const RETRY_MAX_ATTEMPTS: number = 3;

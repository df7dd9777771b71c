/** The service's limits on definitions, and our own bounds on the work that a hostile one can cause. */

/** CreateStateMachine: length of the parameter `definition`, in characters. */
export const MAX_DEFINITION_LENGTH = 1_048_576;

export const MAX_STATE_NAME_LENGTH = 80;

export const MAX_LABEL_LENGTH = 40;

/** Unicode characters of a variable's name. */
export const MAX_VARIABLE_NAME_LENGTH = 80;

/** MaxDelaySeconds of a retrier: 366 days. */
export const MAX_RETRY_DELAY_SECONDS = 31_622_400;

/** Objects and arrays inside each other, counted from the definition itself. Ours: it keeps every walk off the stack's end. */
export const MAX_NESTING = 400;

/** Findings kept for one definition. Ours: the service reports at most 100. */
export const MAX_FINDINGS = 1_000;

/** maxResults of ValidateStateMachineDefinition: its default and its maximum. */
export const MAX_DIAGNOSTICS = 100;

/** Codes of planning: what the description says, but a plan cannot express. */
export const plnCodes = {} as const;

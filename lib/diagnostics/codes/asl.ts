/** Codes of the emitted state machine. */
export const aslCodes = {} as const;

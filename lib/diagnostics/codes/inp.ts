/** Codes of the input of a run. */
export const inpCodes = {} as const;

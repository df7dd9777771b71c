/** Codes of the environment file. */
export const envCodes = {} as const;

/** Codes of x-interlock. 001-029 are its shape (lib/check/policy.ts); rules about what policies mean start at 030. */
export const xilCodes = {} as const;

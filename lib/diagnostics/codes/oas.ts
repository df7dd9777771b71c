/** Codes of OpenAPI documents. */
export const oasCodes = {} as const;

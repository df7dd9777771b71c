/** Codes of reading a document: files, YAML and JSON, references, limits. */
export const docCodes = {} as const;

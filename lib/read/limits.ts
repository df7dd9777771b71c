/** How much of a user's documents the reader takes in. Past a limit there is a diagnostic, never a slow death. */

export interface Limits {
  /** Characters of one document. */
  readonly characters: number;
  /** Objects and lists inside one another. */
  readonly depth: number;
  /** Values of one document, each alias counted with all that it stands for. */
  readonly values: number;
  /** Lexical tokens of one text in YAML beyond the plain: its parser needs half a kilobyte for each. */
  readonly yamlTokens: number;
  /** Documents of one description, files reached by `$ref` included. */
  readonly documents: number;
  /** Operations of one OpenAPI document, and parameters and responses of all its operations together. */
  readonly operations: number;
  readonly operationParts: number;
  /** Where somebody counts the steps that reading takes: about one for each character that is looked at. */
  readonly work?: { spend(steps?: number): void };
}

export const defaultLimits: Limits = {
  characters: 16 * 1024 * 1024,
  depth: 200,
  values: 2_000_000,
  yamlTokens: 2_000_000,
  documents: 500,
  operations: 20_000,
  operationParts: 1_000_000,
};

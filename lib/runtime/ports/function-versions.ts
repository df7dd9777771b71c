/** Published versions of the functions that machines name by version. */
export interface FunctionVersions {
  /** Of each function, in the order in which they were published. */
  list(): Promise<readonly PublishedFunction[]>;
  remove(functionName: string, version: string): Promise<void>;
}

export interface PublishedFunction {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly publishedAt: number }[];
}

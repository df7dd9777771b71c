/**
 * Where values lie that are too large or too sensitive for a journal and a history: text by the run and a digest. A blob
 * is written before what refers to it, so a crash between the two leaves a blob that nobody refers to, and nothing worse;
 * it goes with its run. Rejects with a Failure where the store fails; a message never holds a value.
 */
export interface Blobs {
  /** Durable when it resolves. The same blob again is harmless: its id is a digest of it. */
  put(run: string, id: string, body: string): Promise<void>;
  /** Undefined: there is none. */
  get(run: string, id: string): Promise<string | undefined>;
  /** All blobs of a run that is forgotten. */
  remove(run: string): Promise<void>;
  /**
   * Random, made once with the store and kept in it. Who cannot read the store can compute no digest of a sensitive value,
   * and so cannot try values out against one.
   */
  secret(): Promise<string>;
}

/** Where a credential is kept; it says so in an environment file and holds no secret itself. */
import type { SecretRef } from './environment.ts';

/** Rejects with a Failure that names the reference, never the value. */
export interface Secrets {
  resolve(ref: SecretRef): Promise<string>;
}

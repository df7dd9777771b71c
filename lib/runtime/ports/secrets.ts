/** Where a credential is kept; it says so in an environment file and holds no secret itself. */
import type { SecretRef } from './environment.ts';

/** Of AWS: what requests are signed with. A session token comes with keys that a role has lent. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Rejects with a Failure that names the reference, never the value. */
export interface Secrets {
  resolve(ref: SecretRef): Promise<string>;
  /** Those of the process or of the function's role. */
  awsKeys(): Promise<AwsKeys>;
}

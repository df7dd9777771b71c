/**
 * A function's own credentials: Lambda puts them into the environment of its process and nowhere else. In the bundles this
 * stands in for the SDK's search through profiles, single sign-on and instance metadata (scripts/bundle.ts), which no
 * function needs and every start would pay for. The names are those of `@aws-sdk/credential-provider-node`.
 */
import { Failure } from '../model/failure.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new Failure('credentials-missing', 'The process has no credentials of a function in its environment');
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}

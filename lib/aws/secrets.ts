/**
 * Credentials from Secrets Manager and SSM, kept for five minutes: a rotated secret is picked up without a deploy, and a
 * busy function does not ask for each request. The clients are loaded on first use, because most functions need one of
 * them at most. Failures name the reference and never hold a value.
 */
import { Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';
import type { SecretRef } from '../model/environment.ts';
import type { Clock } from '../model/time.ts';
import type { AwsKeys, Secrets } from '../runtime/ports/secrets.ts';

const KEPT_MS = 300_000;

/** Where texts are kept: the two services, or a test's own. */
export interface SecretStores {
  secret(name: string): Promise<string | undefined>;
  parameter(name: string): Promise<string | undefined>;
}

interface Kept {
  readonly text: Promise<string>;
  readonly until: number;
}

export class AwsSecrets implements Secrets {
  private readonly stores: SecretStores;
  private readonly clock: Clock;
  private readonly kept = new Map<string, Kept>();

  constructor({ clock, stores = awsStores() }: { readonly clock: Clock; readonly stores?: SecretStores }) {
    this.clock = clock;
    this.stores = stores;
  }

  async resolve(ref: SecretRef): Promise<string> {
    if ('parameter' in ref)
      return await this.text(`parameter ${ref.parameter}`, () => this.stores.parameter(ref.parameter));
    if (!('secret' in ref))
      throw new Failure('secret-elsewhere', 'A credential refers to a variable or a file, which AWS does not have');
    const text = await this.text(`secret ${ref.secret}`, () => this.stores.secret(ref.secret));
    return ref.field === undefined ? text : fieldOf(text, ref.secret, ref.field);
  }

  /** Those of the function's role, which Lambda lends it for as long as the process lives. */
  async awsKeys(): Promise<AwsKeys> {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new Failure('secret-missing', 'The function has no keys of its role to sign requests with');
    return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
  }

  /** Two that ask at once share one request; a failed one is forgotten, so that the next call asks again. */
  private text(what: string, read: () => Promise<string | undefined>): Promise<string> {
    const known = this.kept.get(what);
    if (known && known.until > this.clock.now()) return known.text;
    const text = readText(what, read);
    this.kept.set(what, { text, until: this.clock.now() + KEPT_MS });
    text.catch(() => this.kept.delete(what));
    return text;
  }
}

async function readText(what: string, read: () => Promise<string | undefined>): Promise<string> {
  let text: string | undefined;
  try {
    text = await read();
  } catch (error) {
    // The service's message names the role and the secret, never its value.
    throw new Failure(
      'secret-unreadable',
      `The ${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        remedy: 'Create it in this account and region, and deploy again if the environment names another one.',
      },
    );
  }
  if (text !== undefined && text !== '') return text;
  throw new Failure('secret-missing', `The ${what} holds no text`);
}

function fieldOf(text: string, secret: string, field: string): string {
  const value = membersOf(text).get(field);
  if (typeof value === 'string' && value !== '') return value;
  throw new Failure('secret-field-missing', `The secret ${secret} has no field ${field} with a text in it`, {
    remedy: 'Its value must be a JSON object with that member.',
  });
}

/** JSON.parse quotes what it could not read; its message must not get out. */
function membersOf(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(isObject(value) ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}

function awsStores(): SecretStores {
  return {
    async secret(name) {
      const { GetSecretValueCommand, SecretsManagerClient } = await import('./clients/secrets.ts');
      const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: name }));
      return SecretString;
    },
    async parameter(name) {
      const { GetParameterCommand, SSMClient } = await import('./clients/ssm.ts');
      const { Parameter } = await new SSMClient({}).send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return Parameter?.Value;
    },
  };
}

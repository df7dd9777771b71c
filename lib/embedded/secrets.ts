/**
 * Secrets on one machine: environment variables and files. What only AWS keeps (Secrets Manager, SSM) is refused by
 * name. Variables may come from another process of the same user, over the owner's socket: they stay in memory.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../model/failure.ts';
import type { SecretRef } from '../runtime/ports/environment.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';

export type Variables = { readonly [name: string]: string | undefined };

const MAX_SECRET_BYTES = 64 * 1024;

export function localSecrets(variables: Variables, folder: URL): Secrets {
  return {
    async resolve(ref) {
      if ('env' in ref) return fromVariable(ref.env, variables);
      if ('file' in ref) return await fromFile(ref.file, folder);
      throw new Failure(
        'secret-elsewhere',
        `The credential ${refText(ref)} is kept by AWS and is not read on one machine`,
        {
          remedy: 'Use an environment whose credentials are { env: NAME } or { file: PATH }.',
        },
      );
    },
    // A session token comes with keys that were lent, and only with those.
    async awsKeys() {
      const [accessKeyId, secretAccessKey] = AWS_KEYS.map((name) => fromVariable(name, variables));
      const sessionToken = variables[AWS_SESSION];
      const keys = { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' };
      return { ...keys, ...(sessionToken && { sessionToken }) };
    },
  };
}

/** As every tool of AWS calls them. */
export const AWS_KEYS: readonly string[] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
export const AWS_SESSION = 'AWS_SESSION_TOKEN';

function fromVariable(name: string, variables: Variables): string {
  const value = variables[name];
  if (value !== undefined && value !== '') return value;
  throw new Failure('secret-missing', `The environment variable ${name}, which holds a credential, is not set`, {
    remedy: `Set ${name}, or name another credential in the environment file.`,
  });
}

/** The text of the file without the line feed that editors leave at its end. */
async function fromFile(path: string, folder: URL): Promise<string> {
  // A path, and no URL: `#` and `%` may be in the name of a file.
  const file = resolve(fileURLToPath(folder), path);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure('secret-missing', `The file ${file}, which holds a credential, cannot be read`, {
      cause: error,
      remedy: 'Check the path in the environment file and the permissions of the file.',
    });
  }
  if (text.length > MAX_SECRET_BYTES)
    throw new Failure('secret-too-large', `The file ${file} is too large for a credential`);
  return text.replace(/\r?\n$/, '');
}

export function refText(ref: SecretRef): string {
  if ('env' in ref) return `{env: ${ref.env}}`;
  if ('file' in ref) return `{file: ${ref.file}}`;
  if ('secret' in ref)
    return ref.field === undefined ? `{secret: ${ref.secret}}` : `{secret: ${ref.secret}, field: ${ref.field}}`;
  return `{parameter: ${ref.parameter}}`;
}

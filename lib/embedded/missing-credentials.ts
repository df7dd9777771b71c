/**
 * Which credentials of an environment are not there on this machine, before anything asks for them. Only references are
 * looked at, and whether something is behind them: no secret is kept or said here.
 */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { carrierOf } from '../model/carriers.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { AWS_ENDPOINTS } from './carrier-endpoints.ts';
import { AWS_KEYS, AWS_SESSION, type Variables } from './secrets.ts';

export interface Looking {
  readonly systems: readonly string[];
  readonly variables: Variables;
  /** What the paths of files are relative to. */
  readonly folder: string;
}

/** One sentence for each kind of credential that is missing, with the systems that need them. */
export function missingCredentials(root: Json, { systems, variables, folder }: Looking): readonly string[] {
  const declared = isObject(root) && isObject(root['systems']) ? root['systems'] : {};
  const missing = (key: ReferenceKey, isThere: (name: string) => boolean): readonly string[] =>
    systems.flatMap((system) =>
      namesIn(own(declared, system) ?? null, key).flatMap((name) =>
        isThere(name) ? [] : [`${shown(key, name, folder)} (${system})`],
      ),
    );
  const kinds = [
    {
      says: 'Environment variables that hold credentials are not set',
      names: missing('env', (name) => Boolean(variables[name])),
    },
    {
      says: 'Files that hold credentials cannot be read',
      names: missing('file', (name) => isReadable(resolve(folder, name))),
    },
    {
      says: 'Credentials that AWS keeps are not read on one machine',
      names: [...missing('secret', () => false), ...missing('parameter', () => false)],
    },
  ];
  return kinds.flatMap(({ says, names }) => (names.length > 0 ? [`${says}: ${names.join(', ')}`] : []));
}

type ReferenceKey = 'env' | 'file' | 'secret' | 'parameter';

/** Those of AWS's own tools where something is signed for AWS, or sent there: a workflow that only receives needs none. */
export function variablesIn(root: Json): readonly string[] {
  const names = namesIn(root, 'env');
  const isSigned = names.some((name) => AWS_KEYS.includes(name));
  return isSigned || namesAwsPlace(root) ? [...new Set([...names, ...AWS_KEYS, AWS_SESSION, ...AWS_ENDPOINTS])] : names;
}

function namesAwsPlace(root: Json): boolean {
  if (typeof root === 'string') return carrierOf(root) !== undefined && root.startsWith('arn:');
  return typeof root === 'object' && root !== null && Object.values(root as JsonObject).some(namesAwsPlace);
}

function namesIn(root: Json, wanted: ReferenceKey): readonly string[] {
  if (Array.isArray(root)) return root.flatMap((item: Json) => namesIn(item, wanted));
  if (!isObject(root)) return [];
  if (wanted === 'env' && isSigning(root)) return AWS_KEYS;
  return Object.entries(root).flatMap(([key, value]) =>
    key === wanted && typeof value === 'string' ? [value] : namesIn(value, wanted),
  );
}

/** `{region, service}`: its keys are those of the process. */
function isSigning(credential: JsonObject): boolean {
  return typeof credential['region'] === 'string' && typeof credential['service'] === 'string';
}

function shown(key: ReferenceKey, name: string, folder: string): string {
  if (key === 'env') return name;
  return key === 'file' ? resolve(folder, name) : `{${key}: ${name}}`;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

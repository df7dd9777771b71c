/**
 * Blobs in a bucket: an object each, under its run. The bucket encrypts (its own default, and whose key that is, is the
 * deployment's decision), so nothing is said about it here. The client is loaded with the first blob: most functions never
 * meet one, and it would be half of their bundle. Nothing is listed or deleted on the way of a run.
 */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';

export interface S3BlobsOptions {
  /** Absent: the function was deployed without one, and whatever needs it fails by name. */
  readonly bucket?: string;
  /** What every key begins with, where a bucket holds more than this integration's. */
  readonly prefix?: string;
  readonly config?: S3ClientConfig;
}

type Sdk = typeof import('./clients/s3.ts');

interface Store {
  readonly sdk: Sdk;
  readonly client: InstanceType<Sdk['S3Client']>;
  readonly bucket: string;
  readonly prefix: string;
}

const SECRET = 'secret';
/** The longest a request may take: a lease has to survive several. */
const REQUEST_MS = 5_000;

export class S3Blobs implements Blobs {
  private readonly options: S3BlobsOptions;
  private opened: Promise<Store> | undefined;
  private known: Promise<string> | undefined;

  constructor(options: S3BlobsOptions) {
    this.options = options;
  }

  async put(run: string, id: string, body: string): Promise<void> {
    const key = keyOf(run, id);
    await this.storing(async (store) => await write(store, key, body));
  }

  async get(run: string, id: string): Promise<string | undefined> {
    const key = keyOf(run, id);
    return await this.storing(async (store) => await read(store, key));
  }

  async remove(run: string): Promise<void> {
    const folder = folderOf(run);
    await this.storing(async (store) => await removeBelow(store, folder));
  }

  secret(): Promise<string> {
    this.known ??= this.storing(secretIn);
    this.known.catch(() => (this.known = undefined));
    return this.known;
  }

  private async storing<T>(work: (store: Store) => Promise<T>): Promise<T> {
    this.opened ??= open(this.options);
    const store = await this.opened;
    try {
      return await work(store);
    } catch (error) {
      // The service's message names bucket and role, never a value.
      throw new Failure('blob-store', `A value cannot be kept in or read from the bucket: ${nameOf(error)}`, {
        cause: error,
      });
    }
  }
}

async function open({ bucket, prefix = '', config = {} }: S3BlobsOptions): Promise<Store> {
  if (bucket === undefined) {
    throw new Failure('blob-bucket', 'The function has no bucket for large and sensitive values', {
      remedy: 'Deploy again with a version of the construct that gives it one.',
    });
  }
  const sdk = await import('./clients/s3.ts');
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true };
  return { sdk, bucket, prefix, client: new sdk.S3Client({ maxAttempts: 5, requestHandler, ...config }) };
}

async function write({ sdk, client, bucket, prefix }: Store, key: string, body: string, once = false): Promise<void> {
  const condition = once ? { IfNoneMatch: '*' } : {};
  const content = { Body: Buffer.from(body), ContentType: 'application/json' };
  await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: prefix + key, ...content, ...condition }));
}

async function read({ sdk, client, bucket, prefix }: Store, key: string): Promise<string | undefined> {
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: prefix + key }));
    return await Body?.transformToString('utf8');
  } catch (error) {
    if (nameOf(error) === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** Page by page, until none is left. */
async function removeBelow({ sdk, client, bucket, prefix }: Store, folder: string): Promise<void> {
  for (let more = true; more; ) {
    const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix + folder }));
    const Objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
    if (Objects.length === 0) return;
    const { Errors } = await client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    if (Errors?.[0]) throw new Error(Errors[0].Code ?? 'an object cannot be deleted');
    more = page.IsTruncated === true;
  }
}

/** Whoever is first writes it; the others read what that one wrote. */
async function secretIn(store: Store): Promise<string> {
  const known = await read(store, SECRET);
  if (known !== undefined) return known;
  try {
    await write(store, SECRET, randomBytes(32).toString('hex'), true);
  } catch (error) {
    if (nameOf(error) !== 'PreconditionFailed' && nameOf(error) !== 'ConditionalRequestConflict') throw error;
  }
  const made = await read(store, SECRET);
  assert(made !== undefined, 'a secret that was written can be read');
  return made;
}

function folderOf(run: string): string {
  assert(/^[A-Za-z0-9_-]{1,64}$/.test(run), "a run's id has no separator");
  return `blobs/${run}/`;
}

function keyOf(run: string, id: string): string {
  assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
  return `${folderOf(run)}${id}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

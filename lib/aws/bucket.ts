/**
 * The payload bucket as adapters use it: its client is loaded with the first object that somebody needs, since most functions
 * never meet one and it would be half of their bundle. Which keys there are is the adapters' business: values of runs
 * (blobs.ts), plans (kept-plans.ts).
 */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { Failure } from '../model/failure.ts';

export interface BucketOptions {
  /** Absent: the function was deployed without one, and whatever needs it fails by name. */
  readonly bucket?: string;
  /** What every key begins with, where a bucket holds more than this integration's. */
  readonly prefix?: string;
  readonly config?: S3ClientConfig;
}

type Sdk = typeof import('./clients/s3.ts');

export interface Bucket {
  readonly sdk: Sdk;
  readonly client: InstanceType<Sdk['S3Client']>;
  readonly bucket: string;
  readonly prefix: string;
}

/** The longest a request may take: a lease has to survive several. */
const REQUEST_MS = 5_000;

async function openBucket({ bucket, prefix = '', config = {} }: BucketOptions): Promise<Bucket> {
  if (bucket === undefined) {
    throw new Failure('blob-bucket', 'The function has no bucket for large and sensitive values', {
      remedy: 'Deploy again with a version of the construct that gives it one.',
    });
  }
  const sdk = await import('./clients/s3.ts');
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true };
  return { sdk, bucket, prefix, client: new sdk.S3Client({ maxAttempts: 5, requestHandler, ...config }) };
}

/** The bucket as one adapter uses it: opened with its first object, and failing in that adapter's own words. */
export class LazyBucket {
  private readonly options: BucketOptions;
  private readonly failing: { readonly code: string; readonly says: string };
  private opened: Promise<Bucket> | undefined;

  constructor(options: BucketOptions, failing: LazyBucket['failing']) {
    this.options = options;
    this.failing = failing;
  }

  async with<T>(work: (bucket: Bucket) => Promise<T>): Promise<T> {
    this.opened ??= openBucket(this.options);
    const bucket = await this.opened;
    try {
      return await work(bucket);
    } catch (error) {
      // The service's message names bucket and role, never a value.
      throw new Failure(this.failing.code, `${this.failing.says}: ${nameOf(error)}`, { cause: error });
    }
  }
}

export async function writeObject(
  { sdk, client, bucket, prefix }: Bucket,
  key: string,
  body: string,
  once = false,
): Promise<void> {
  const condition = once ? { IfNoneMatch: '*' } : {};
  const content = { Body: Buffer.from(body), ContentType: 'application/json' };
  await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: prefix + key, ...content, ...condition }));
}

export async function readObject({ sdk, client, bucket, prefix }: Bucket, key: string): Promise<string | undefined> {
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: prefix + key }));
    return await Body?.transformToString('utf8');
  } catch (error) {
    if (nameOf(error) === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** Written by whoever is first; false: somebody else was. */
export async function writeOnce(store: Bucket, key: string, body: string): Promise<boolean> {
  try {
    await writeObject(store, key, body, true);
    return true;
  } catch (error) {
    if (nameOf(error) !== 'PreconditionFailed' && nameOf(error) !== 'ConditionalRequestConflict') throw error;
    return false;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

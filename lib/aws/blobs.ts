/**
 * Blobs in a bucket: an object each, under its run. The bucket encrypts (its own default, and whose key that is, is the
 * deployment's decision), so nothing is said about it here. The client is loaded with the first blob: most functions never
 * meet one, and it would be half of their bundle. Nothing is listed or deleted on the way of a run.
 */
import { randomBytes } from 'node:crypto';
import { assert } from '../model/assert.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import { type Bucket, type BucketOptions, LazyBucket, readObject, writeObject, writeOnce } from './bucket.ts';

const SECRET = 'secret';

export class S3Blobs implements Blobs {
  private readonly bucket: LazyBucket;
  private known: Promise<string> | undefined;

  constructor(options: BucketOptions) {
    const says = 'A value cannot be kept in or read from the bucket';
    this.bucket = new LazyBucket(options, { code: 'blob-store', says });
  }

  async put(run: string, id: string, body: string): Promise<void> {
    const key = keyOf(run, id);
    await this.bucket.with(async (store) => await writeObject(store, key, body));
  }

  async get(run: string, id: string): Promise<string | undefined> {
    const key = keyOf(run, id);
    return await this.bucket.with(async (store) => await readObject(store, key));
  }

  async remove(run: string): Promise<void> {
    const folder = folderOf(run);
    await this.bucket.with(async (store) => await removeBelow(store, folder));
  }

  secret(): Promise<string> {
    this.known ??= this.bucket.with(secretIn);
    this.known.catch(() => (this.known = undefined));
    return this.known;
  }
}

/** Page by page, until none is left. */
async function removeBelow({ sdk, client, bucket, prefix }: Bucket, folder: string): Promise<void> {
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
async function secretIn(store: Bucket): Promise<string> {
  const known = await readObject(store, SECRET);
  if (known !== undefined) return known;
  await writeOnce(store, SECRET, randomBytes(32).toString('hex'));
  const made = await readObject(store, SECRET);
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

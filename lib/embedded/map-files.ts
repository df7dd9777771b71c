/**
 * A Distributed Map's S3 on one machine: a folder for each bucket, a file for each key. Items are read in pieces from
 * `<root>/<Bucket>/<Key>`; results are written as the service writes them, a file for each status and a manifest that
 * names them, below `<Prefix>/<id of the Map run>/`. No key leads out of its bucket.
 */
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { mapResults, resultText } from '../engine/map-results.ts';
import type { ChildResult, ItemSource, ResultSet, ResultStore, StoreRequest } from '../engine/ports.ts';
import { isObject, type Json } from '../model/json.ts';

export function fileItems(root: string): ItemSource {
  return {
    read(request) {
      if (!request.resource.endsWith(':s3:getObject')) {
        throw new Error(`${request.resource} cannot read items on one machine: s3:getObject can`);
      }
      return createReadStream(pathOf(root, bucketOf(request), textIn(request.arguments, 'Key')), 'utf8');
    },
  };
}

export function fileResults(root: string): ResultStore {
  return {
    async write(request, set) {
      const bucket = bucketOf(request);
      const key = await writeResults({ root, bucket, prefix: prefixOf(request), config: request.config }, set);
      return { MapRunArn: set.mapRunArn, ResultWriterDetails: { Bucket: bucket, Key: key } };
    },
  };
}

interface Target {
  readonly root: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly config: StoreRequest['config'];
}

/** One file for each status that has results; gives the manifest's key. */
async function writeResults(target: Target, { mapRunArn, children }: ResultSet): Promise<string> {
  const folder = `${target.prefix}${mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1)}`;
  const groups: readonly [string, readonly ChildResult[]][] = [
    ['FAILED', children.filter(({ status }) => status !== 'SUCCEEDED')],
    ['PENDING', []],
    ['SUCCEEDED', children.filter(({ status }) => status === 'SUCCEEDED')],
  ];
  const files: [string, Json][] = [];
  for (const [name, results] of groups) files.push([name, await writeGroup(target, `${folder}/${name}_0`, results)]);
  const manifest = { DestinationBucket: target.bucket, MapRunArn: mapRunArn, ResultFiles: Object.fromEntries(files) };
  const key = `${folder}/manifest.json`;
  await write(target, key, JSON.stringify(manifest));
  return key;
}

async function writeGroup(target: Target, name: string, children: readonly ChildResult[]): Promise<Json> {
  if (children.length === 0) return [];
  const text = resultText(mapResults(children, target.config, { exported: true }), target.config);
  const key = `${name}.${target.config['OutputType'] === 'JSONL' ? 'jsonl' : 'json'}`;
  await write(target, key, text);
  return [{ Key: key, Size: Buffer.byteLength(text) }];
}

async function write({ root, bucket }: Target, key: string, text: string): Promise<void> {
  const path = pathOf(root, bucket, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function pathOf(root: string, bucket: string, key: string): string {
  const walls = resolve(root, bucket);
  const path = resolve(walls, key);
  if (/^[a-z0-9][a-z0-9.-]*$/.test(bucket) && path.startsWith(`${walls}${sep}`)) return path;
  throw new Error(`there is no object ${bucket}/${key}`);
}

function bucketOf({ arguments: given }: StoreRequest): string {
  return textIn(given, 'Bucket');
}

/** With the slash that separates it. */
function prefixOf({ arguments: given }: StoreRequest): string {
  const prefix = isObject(given) ? given['Prefix'] : undefined;
  return typeof prefix === 'string' && prefix !== '' ? `${prefix.replace(/\/$/, '')}/` : '';
}

function textIn(given: Json, name: string): string {
  const value = isObject(given) ? given[name] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Arguments must name the ${name}`);
}

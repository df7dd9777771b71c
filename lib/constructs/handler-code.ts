/**
 * The one code asset of an integration: the handler bundles, its plans as `plans/<hash>.json` and its environment. Plans
 * travel with the code, so a function can never meet a plan that it does not have, a deploy needs no bucket and no custom
 * resource, and an older version of the function keeps the plans that its runs began with. The asset's hash is made of
 * what goes in, so an unchanged integration is not copied again and equal inputs give equal templates.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { assert } from '../model/assert.ts';
import { canonicalJson } from '../model/canonical.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { packageRoot } from '../embedded/package-root.ts';

/** Where the bundles are: in the package from the start, in a checkout after scripts/bundle.ts. */
export function bundleFolder(): string {
  return join(packageRoot(), 'dist', 'bundles');
}

/**
 * Staged in the cloud assembly itself, under a name made of the content: there is nothing to clean up, and an unchanged
 * integration is not written twice.
 */
export function handlerCode(scope: Construct, described: DescribedIntegration): lambda.Code {
  const bundles = bundleFolder();
  const files = new Map<string, string | Uint8Array>([...bundleFiles(bundles), ...writtenFiles(described)]);
  const hash = contentHash(files);
  const outdir = Stage.of(scope)?.outdir;
  assert(outdir !== undefined, 'a construct stands in an app');
  const folder = join(outdir, `interlock-${hash}`);
  if (!existsSync(folder)) writeFolder(folder, files);
  return lambda.Code.fromAsset(folder, { assetHash: hash });
}

/** Under another name first: a process that dies half-way leaves no folder that looks complete. */
function writeFolder(folder: string, files: Content): void {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(join(unfinished, 'plans'), { recursive: true });
  for (const [name, content] of files) writeFileSync(join(unfinished, name), content);
  renameSync(unfinished, folder);
}

type Content = ReadonlyMap<string, string | Uint8Array>;

function bundleFiles(folder: string): Content {
  try {
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.mjs'))
      .sort();
    return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  } catch (error) {
    throw new Failure('bundles-missing', `The handlers are not bundled: there is no ${folder}`, {
      cause: error,
      remedy: 'Run `node scripts/bundle.ts`; the published package has them.',
    });
  }
}

function writtenFiles({ workflows, environment }: DescribedIntegration): ReadonlyMap<string, string> {
  // Plan and environment are plain JSON; they only lack the index signature.
  const text = (value: object): string => canonicalJson(value as unknown as Json);
  return new Map([
    ...workflows.map(({ planHash, plan }) => [`plans/${planHash}.json`, text(plan)] as const),
    ['environment.json', text(environment)],
  ]);
}

function contentHash(files: Content): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

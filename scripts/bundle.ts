/**
 * `node scripts/bundle.ts`: all Lambda handlers and the SDK clients that few of them need, by esbuild, into dist/bundles.
 * `npx cdk synth` does it by itself; the published package carries the result, so that an app which uses it needs no esbuild. Nothing is built while the
 * inputs of the last build are unchanged: a file beside the bundles names them with their digests. The output depends on
 * the inputs only (no paths of this machine, no times), so asset hashes are the same everywhere.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { assert } from '../lib/model/assert.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RECORD = 'inputs.json';

/** The packages that are bundled change with the lockfile only, so it stands for them. */
const ALWAYS_INPUTS: readonly string[] = ['package-lock.json', 'scripts/bundle.ts'];

interface BuildRecord {
  readonly digests: { readonly [input: string]: string };
}

/** An ESM bundle has no `require`, which CommonJS packages in it ask for. */
const REQUIRE_BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * The bundles of this checkout, built again if something that they are made of has changed. Two that build at once (a
 * synth beside the tests) do not meet: each builds in a folder of its own, and only what is still missing takes its place.
 */
export async function bundleHandlers(): Promise<string> {
  const folder = join(ROOT, 'dist/bundles');
  if (isCurrent(folder)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  const own = (await buildBundles(unfinished)).filter((input) => !input.includes('node_modules'));
  writeFileSync(join(unfinished, RECORD), JSON.stringify(recordOf([...ALWAYS_INPUTS, ...own].sort())));
  if (!isCurrent(folder)) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  }
  rmSync(unfinished, { recursive: true, force: true });
  return folder;
}

/** The demo systems of the order example as one function, for `-c demo=true`; made anew each time, which is seldom. */
export async function bundleDemo(): Promise<string> {
  const folder = join(ROOT, 'dist/demo');
  await bundled(folder, { entryPoints: { lambda: 'state-machines/order-fulfilment/systems/lambda.ts' } });
  return folder;
}

const HANDLERS: readonly string[] = readdirSync(join(ROOT, 'lambdas')).sort();
/** What every run meets: what chunks that others share cost a start is more than they save. */
const BY_THEMSELVES: readonly string[] = ['call', 'core'];
/** In how many builds: each parses the SDK anew, which is most of what the first synth of a clone waits for. */
const TOGETHER: readonly (readonly string[])[] = [
  ...BY_THEMSELVES.map((name) => [name]),
  HANDLERS.filter((name) => !BY_THEMSELVES.includes(name)),
];
/** Clients that are loaded on first use. They share the SDK's core among each other, and nothing with the handlers. */
const CLIENTS: readonly string[] = readdirSync(join(ROOT, 'lib/aws/clients'))
  .map((file) => basename(file, '.ts'))
  .sort();

/** Builds them into an empty folder; returns the files that they are made of, relative to the project. */
export async function buildBundles(folder: string): Promise<readonly string[]> {
  const built = await Promise.all([
    ...TOGETHER.map((names) =>
      bundled(folder, {
        entryPoints: names.map((name) => ({ in: `lambdas/${name}/handler.ts`, out: name })),
        // What few functions meet (XPath, regular expressions, OAuth) is in chunks of its own, read on first use.
        splitting: true,
        plugins: [CLIENTS_ELSEWHERE],
      }),
    ),
    bundled(folder, {
      entryPoints: CLIENTS.map((name) => ({ in: `lib/aws/clients/${name}.ts`, out: `client-${name}` })),
      splitting: true,
    }),
  ]);
  return [...new Set(built.flatMap(({ inputs }) => Object.keys(inputs)))];
}

/**
 * Left where they are: in one build with the handlers, every module that a client shares with DynamoDB's brings the whole
 * of its package into the handlers' common chunk, XML and all.
 */
const CLIENTS_ELSEWHERE: Plugin = {
  name: 'clients-elsewhere',
  setup(build) {
    build.onResolve({ filter: /\/clients\/[^/]+\.ts$/ }, ({ path }) => ({
      path: `./client-${basename(path, '.ts')}.mjs`,
      external: true,
    }));
  },
};

/** Of the files that come out, their sizes and what they load at once. */
export async function bundled(folder: string, options: BuildOptions): Promise<Metafile> {
  const { build } = await import('esbuild');
  const { metafile } = await build({ ...OPTIONS, outdir: folder, ...options });
  assert(metafile, 'a build that is asked for its metafile gives it');
  return metafile;
}

const OPTIONS = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // The ES modules of the SDK leave out what is not used; their CommonJS twins do not.
  mainFields: ['module', 'main'],
  alias: {
    // A function's credentials are in its environment; looking for them elsewhere is 100 KB of code.
    '@aws-sdk/credential-provider-node': join(ROOT, 'lib/aws/environment-credentials.ts'),
    '@aws-sdk/endpoint-cache': join(ROOT, 'lib/aws/no-endpoint-cache.ts'),
  },
  // Error names, which machines match on, are strings and not class names: shortening identifiers changes none.
  minify: true,
  banner: { js: REQUIRE_BANNER },
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

function isCurrent(folder: string): boolean {
  const path = join(folder, RECORD);
  if (!existsSync(path)) return false;
  // Written below, by this file.
  const record = JSON.parse(readFileSync(path, 'utf8')) as BuildRecord;
  const names = [...HANDLERS, ...CLIENTS.map((name) => `client-${name}`)];
  if (!names.every((name) => existsSync(join(folder, `${name}.mjs`)))) return false;
  return Object.entries(record.digests).every(([input, digest]) => digestOf(input) === digest);
}

function recordOf(inputs: readonly string[]): BuildRecord {
  return { digests: Object.fromEntries(inputs.map((input) => [input, digestOf(input)])) };
}

function digestOf(input: string): string {
  const path = join(ROOT, input);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'absent';
}

if (import.meta.main) process.stdout.write(`${await bundleHandlers()}\n`);

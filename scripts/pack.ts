/**
 * `npm run pack`: the publishable package as build/package and as a tarball beside it. It holds what an installed Interlock
 * needs and nothing else: launchers, compiled sources, handler bundles, schemas, documents, the example without its servers
 * (they are TypeScript, which Node does not run inside node_modules). The same sources give the same bytes. Never into
 * dist/: the launchers of a checkout would prefer it to the sources.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from './bundle.ts';
import { type Manifest, packedManifest } from './packed-manifest.ts';
import { buildCommands } from './prepare.ts';
import { thirdPartyNotice } from './third-party.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The door for type-checking consumers; declarations that it does not reach are left out. */
const PUBLIC_TYPES = 'lib/public.d.ts';

const COPIED: readonly string[] = [
  'bin/interlock.js',
  'bin/describe.js',
  'bin/launch.js',
  'bin/prepared.js',
  'bin/source-stack.js',
  'schemas',
  'docs',
  'state-machines/catalogue-sync',
  'state-machines/customer-onboarding',
  'state-machines/order-fulfilment',
  'README.md',
  'LICENSE',
];

/** Folders of the copied that stay behind. */
const LEFT_OUT: readonly string[] = ['systems'];

/** Returns the tarball's path. */
export async function pack(build: string): Promise<string> {
  const stage = join(build, 'package');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  copySources(stage);
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(packedManifest(ownManifest()), null, 2)}\n`);
  await Promise.all([
    compile(join(stage, 'dist')),
    // In few files, as a checkout prepares them: they load in less than half the time.
    buildCommands(ROOT, join(stage, 'dist', 'bin'), join(ROOT, 'dist', 'bin')),
    bundle(join(stage, 'dist', 'bundles')),
  ]);
  const words = ['pack', stage, '--pack-destination', build, '--json', '--ignore-scripts'];
  // npm's own answer: one entry for the one package.
  const [packed] = JSON.parse(await output('npm', words)) as readonly [{ readonly filename: string }];
  return join(build, packed.filename);
}

function ownManifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

function copySources(stage: string): void {
  const filter = (path: string): boolean => !basename(path).startsWith('.') && !LEFT_OUT.includes(basename(path));
  for (const path of COPIED) cpSync(join(ROOT, path), join(stage, path), { recursive: true, filter });
}

async function bundle(folder: string): Promise<void> {
  const inputs = await buildBundles(folder);
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), thirdPartyNotice(ROOT, inputs));
}

async function compile(dist: string): Promise<void> {
  await output(join(ROOT, 'node_modules/.bin/tsc'), ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', dist]);
  // The compiler copies what is imported; `#schemas/` means the package's own folder.
  rmSync(join(dist, 'schemas'), { recursive: true });
  pruneDeclarations(dist);
}

function pruneDeclarations(dist: string): void {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(join(dist, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.ts'/g))
      visit(normalize(join(dirname(file), `${target}.d.ts`)));
  };
  visit(PUBLIC_TYPES);
  const declarations = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts'))
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)));
  for (const file of declarations) if (!reached.has(file)) rmSync(join(dist, file));
}

/** A tool's stdout; its complaints are this process's failure. */
async function output(program: string, words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('close', resolve).once('error', reject),
  );
  const text = Buffer.concat(said).toString();
  if (code === 0) return text;
  throw new Error(`${program} ${words.join(' ')} ended with ${code}:\n${text}${Buffer.concat(complaints).toString()}`);
}

if (import.meta.main) process.stdout.write(`${relative('', await pack(join(ROOT, 'build')))}\n`);

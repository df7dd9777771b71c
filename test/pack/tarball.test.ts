/** What is published: everything that an installed Interlock needs, nothing that only building it needs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../scripts/pack.ts';
import { ROOT } from '../support/source-tree.ts';
import { filesOfTarball, type PackedFile } from '../support/tarball.ts';

interface PublishedManifest {
  readonly exports: { readonly '.': { readonly types: string; readonly default: string } };
  readonly bin: { readonly interlock: string };
  readonly dependencies: { readonly [name: string]: string };
  readonly peerDependencies: { readonly [name: string]: string };
}

const folder = mkdtempSync(join(tmpdir(), 'interlock-pack-'));
let files: ReadonlyMap<string, PackedFile>;
let manifest: PublishedManifest;

beforeAll(async () => {
  files = filesOfTarball(await pack(folder));
  manifest = JSON.parse(text('package.json')) as PublishedManifest;
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed tarball', () => {
  it('holds launchers, compiled code, bundles, schemas, documents and the example, and nothing else', () => {
    const rooms = new Set(paths().map((path) => /^(dist\/[^/]+|[^/]+)/.exec(path)?.[0] ?? ''));
    expect([...rooms].sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'dist/bin',
      'dist/bundles',
      'dist/lib',
      'docs',
      'package.json',
      'schemas',
      'state-machines',
    ]);
    expect(paths(/(?<!\.d)\.ts$|^bin\/app|\.test\.|(^|\/)\./)).toEqual([]);
  });

  it('says in its manifest what an app needs, and nothing of how it was built', () => {
    expect(Object.keys(manifest).sort()).toEqual([
      'bin',
      'dependencies',
      'description',
      'engines',
      'exports',
      'imports',
      'license',
      'main',
      'name',
      'peerDependencies',
      'peerDependenciesMeta',
      'type',
      'types',
      'version',
    ]);
    const peers = Object.keys(manifest.peerDependencies);
    expect(peers.filter((name) => !name.startsWith('@aws-sdk/client-'))).toEqual(['aws-cdk-lib', 'constructs']);
    expect(Object.keys(manifest.dependencies).filter((name) => /^(node-|@aws|esbuild)/.test(name))).toEqual([]);
  });

  it('has every file that its manifest points to, and a command that can be executed', () => {
    const { types, default: code } = manifest.exports['.'];
    for (const path of [types, code, manifest.bin.interlock]) expect(paths()).toContain(normalize(path));
    expect(files.get(normalize(manifest.bin.interlock))?.isExecutable).toBe(true);
  });

  it('imports only what it carries, what it depends on, and what Node has', () => {
    const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    const lost = imports(/^(bin|dist\/(bin|lib))\/.*(\.js|\.d\.ts)$/).filter(
      ({ path, specifier }) => !isThere(path, specifier) && !declared.includes(packageOf(specifier)),
    );
    expect(lost).toEqual([]);
  });

  it('depends on nothing that it does not import', () => {
    const used = new Set(imports(/^dist\/(bin|lib)\/.*\.js$/).map(({ specifier }) => packageOf(specifier)));
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });

  it('carries handler bundles whole, with the licences of what is in them', () => {
    expect(paths(/^dist\/bundles\/(call|core)\.mjs$/)).toHaveLength(2);
    // The bundler fails on a package that it cannot take in, so what is left to lose is a chunk.
    const chunks = imports(/^dist\/bundles\/.*\.mjs$/).filter(({ specifier }) => specifier.startsWith('./'));
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks.filter(({ path, specifier }) => !isThere(path, specifier))).toEqual([]);
    expect(text('dist/bundles/THIRD-PARTY.txt')).toMatch(/@aws-sdk\/client-dynamodb \d+\.\d+\.\d+ \(Apache-2\.0\)/);
    expect(text('dist/bundles/THIRD-PARTY.txt')).toContain('Apache License');
  });

  it('shows the types of what it exports and hides the rest', () => {
    const types = imports(/\.d\.ts$/).filter(({ specifier }) => specifier.startsWith('.'));
    const shown = new Set([normalize(manifest.exports['.'].types)]);
    for (const path of shown)
      for (const { specifier } of types.filter((one) => one.path === path))
        shown.add(normalize(join(path, '..', specifier.replace(/\.[jt]s$/, '.d.ts'))));
    expect(paths(/\.d\.ts$/)).toEqual([...shown].sort());
    expect(text('dist/lib/constructs/integration.d.ts')).not.toContain('DescribedIntegration');
  });

  it('has no dead link in its documents', () => {
    const dead = paths(/\.md$/).flatMap((page) =>
      [...text(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].flatMap(([, link = '']) =>
        /^[a-z]+:/.test(link) || hasPath(normalize(join(page, '..', decodeURI(link)))) ? [] : [`${page} -> ${link}`],
      ),
    );
    expect(dead).toEqual([]);
  });

  it('knows nothing of the machine that packed it', () => {
    expect(paths().filter((path) => [ROOT.slice(0, -1), folder].some((place) => text(path).includes(place)))).toEqual(
      [],
    );
  });
});

function paths(like: RegExp = /./): readonly string[] {
  return [...files.keys()].filter((path) => like.test(path)).sort();
}

function text(path: string): string {
  const file = files.get(path);
  if (file === undefined) throw new Error(`the tarball has no ${path}`);
  return file.text;
}

/** A file, or a folder with files in it. */
function hasPath(path: string): boolean {
  const folderName = path.endsWith('/') ? path : `${path}/`;
  return files.has(path) || paths().some((one) => one.startsWith(folderName));
}

interface Import {
  readonly path: string;
  readonly specifier: string;
}

const IMPORT = /(?<![\w.$])(?:(?:import|export)\b[\w\s{},*$]*?\bfrom\s*|import\s*\(?\s*)(["'])([^"'\n]+)\1/g;

function imports(like: RegExp): readonly Import[] {
  return paths(like).flatMap((path) => [
    ...[...text(path).matchAll(IMPORT)].map(([, , specifier = '']) => ({ path, specifier })),
    ...[...text(path).matchAll(REQUIRE)].map(([, specifier = '']) => ({ path, specifier })),
  ]);
}

/** What is loaded when it is first needed, and at once. */
const REQUIRE = /createRequire\w*\(import\.meta\.url\)\(['"]([^'"]+)['"]\)/g;

/** In the package itself, or in Node. A declaration names the source that it was made of. */
function isThere(path: string, specifier: string): boolean {
  if (specifier.startsWith('#')) return files.has(specifier.slice(1));
  if (specifier.startsWith('.'))
    return files.has(normalize(join(path, '..', specifier)).replace(/(?<!\.d)\.ts$/, '.d.ts'));
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** `aws-cdk-lib/aws-lambda` -> `aws-cdk-lib`, `@scope/name/part` -> `@scope/name`. */
function packageOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

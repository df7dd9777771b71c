/**
 * Where Redocly's command line is: the one that was named, one that this machine has on its PATH, else the exact version
 * below, installed by npm into a folder that the caller removes. It is no dependency of anything here, and it is run
 * without telemetry and without looking for a newer version.
 */
import { accessSync, constants, existsSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Said, said } from './program.ts';

export const RESPECT_PACKAGE = '@redocly/cli';
export const RESPECT_VERSION = '2.77.0';

const INSTALL_PATIENCE_MS = 180_000;

export interface Tool {
  /** A script of Node's, with everything that it needs beside it. */
  readonly script: string;
  readonly version: string;
  readonly from: 'named' | 'path' | 'npm';
}

/** Why there is none, for whoever has to do something about it. */
export class NoTool extends Error {}

export interface ToolAsked {
  /** `--cli FILE`. */
  readonly named?: string;
  readonly path: string;
  /** Where it may be installed. */
  readonly folder: string;
}

export async function respectTool({ named, path, folder }: ToolAsked): Promise<Tool> {
  if (named !== undefined) {
    if (!existsSync(named)) throw new NoTool(`there is no file ${named}`);
    return { script: named, version: await versionOf(named, folder), from: 'named' };
  }
  const here = onPath('redocly', path);
  if (here !== undefined) return { script: here, version: await versionOf(here, folder), from: 'path' };
  return await installed(folder);
}

function onPath(program: string, path: string): string | undefined {
  const found = path
    .split(delimiter)
    .filter((part) => part !== '')
    .map((part) => join(part, program))
    .find(isProgram);
  return found === undefined ? undefined : realpathSync(found);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installed(folder: string): Promise<Tool> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const wanted = `${RESPECT_PACKAGE}@${RESPECT_VERSION}`;
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  const bounded = ['--fetch-retries=1', '--fetch-timeout=60000'];
  const done = await npm(['install', ...quiet, ...bounded, wanted], folder);
  const script = join(folder, 'node_modules', RESPECT_PACKAGE, 'bin', 'cli.js');
  if (done.code === 0 && existsSync(script)) return { script, version: RESPECT_VERSION, from: 'npm' };
  const why = done.isLate ? `npm did not end within ${INSTALL_PATIENCE_MS / 1000} s` : lastLineOf(done.error);
  throw new NoTool(
    `${wanted} cannot be installed (${why}). Reach an npm registry, or name a file of it: npm run respect -- DIR --cli FILE`,
  );
}

async function npm(words: readonly string[], folder: string): Promise<Said> {
  try {
    return await said('npm', words, { cwd: folder, env: process.env, patienceMs: INSTALL_PATIENCE_MS });
  } catch {
    return { code: null, out: '', error: 'there is no npm on the PATH', isLate: false };
  }
}

async function versionOf(script: string, cwd: string): Promise<string> {
  const { code, out, error } = await respectSaid(script, ['--version'], { cwd, patienceMs: 30_000 });
  const version = /\d+\.\d+\.\d+\S*/.exec(out)?.[0];
  if (code === 0 && version !== undefined) return version;
  throw new NoTool(`${script} is not Redocly's command line: it does not say its version (${lastLineOf(error)})`);
}

export async function respectSaid(
  script: string,
  words: readonly string[],
  { cwd, patienceMs }: { readonly cwd: string; readonly patienceMs: number },
): Promise<Said> {
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    CI: 'true',
    NO_COLOR: '1',
  };
  return await said(process.execPath, [script, ...words], { cwd, env, patienceMs });
}

function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it said nothing';
}

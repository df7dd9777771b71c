/**
 * Where the benched peers come from: the registry, at exact versions, into a folder of their own under the temporary one,
 * on the first run that wants them. They are heavy and nobody's dependency, so package.json does not know them. None has
 * an install script, and none would be run.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const VERSIONS = {
  restateServer: '1.7.12',
  restateSdk: '1.17.2',
  dbos: '5.3.0',
  awsDurable: '2.4.0',
  awsDurableTesting: '1.1.4',
} as const;

/** The server's binary alone: the package around it asks to be counted when it is installed. */
export const RESTATE_SERVER: string = `@restatedev/restate-server-${process.platform}-${process.arch}`;

const PACKAGES = [
  `${RESTATE_SERVER}@${VERSIONS.restateServer}`,
  `@restatedev/restate-sdk@${VERSIONS.restateSdk}`,
  `@dbos-inc/dbos-sdk@${VERSIONS.dbos}`,
  `@aws/durable-execution-sdk-js@${VERSIONS.awsDurable}`,
  `@aws/durable-execution-sdk-js-testing@${VERSIONS.awsDurableTesting}`,
];

/** The folder that they are in. Another version of any of them is another folder. */
export async function installPeers(): Promise<string> {
  const folder = join(tmpdir(), `interlock-bench-peers-${Object.values(VERSIONS).join('-')}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  mkdirSync(folder, { recursive: true });
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  const child = spawn('npm', ['install', ...flags, ...PACKAGES], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the peers could not be installed into ${folder} (npm ended with ${code})`);
  writeFileSync(complete, '');
  return folder;
}

/** A peer's module. What a bench uses of it is declared where it is used: its types are not installed here. */
export function peer<T>(folder: string, name: string): T {
  return createRequire(join(folder, 'bench.cjs'))(name) as T;
}

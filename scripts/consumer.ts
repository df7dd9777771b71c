/**
 * An app of somebody else, in a folder outside the checkout: the packed tarball beside the CDK, as npm installs them, and
 * the files that such an app would write. It sees nothing of this checkout's tools: its PATH is made here.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** `path`: the only folders that programs are looked for in. */
export interface Call {
  readonly path?: string;
  readonly env?: { readonly [name: string]: string };
}

const ENVIRONMENT = `systems:
  greetings:
    server: https://greetings.example.com
`;

const APP = `import { Integration } from '@interlock/coordinator';
import { App, Stack } from 'aws-cdk-lib';

const app = new App();
const stack = new Stack(app, 'Flow');
new Integration(stack, 'MyFlow', { description: 'my-flow' });
app.synth();
`;

const COMMON_JS_APP = `const { Integration } = require('@interlock/coordinator');
const { App, Stack } = require('aws-cdk-lib');

const app = new App();
new Integration(new Stack(app, 'Flow'), 'MyFlow', { description: 'my-flow' });
app.synth();
`;

/** A wrong property must be refused: else the types were not found and everything is allowed. */
const TYPED_APP = `import { Integration, type IntegrationProps } from '@interlock/coordinator';
import { App, Stack } from 'aws-cdk-lib';

const props: IntegrationProps = { description: 'my-flow' };
const flow = new Integration(new Stack(new App(), 'Flow'), 'MyFlow', props);
export const names: readonly string[] = [...flow.machines.keys()];
// @ts-expect-error: there is no such property.
export const mistyped: IntegrationProps = { description: 'my-flow', describtion: 'my-flow' };
`;

const COMPILER_OPTIONS = {
  strict: true,
  module: 'nodenext',
  target: 'es2024',
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/** How this machine comes to the registry, where it is not directly: without it each request fails three times, slowly. */
const REACHING =
  /^(?:node_extra_ca_certs|ssl_cert_(?:file|dir)|https?_proxy|no_proxy|npm_config_(?:registry|cafile))$/i;

function reachingRegistry(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => REACHING.test(name)));
}

export class Consumer {
  readonly folder: string;
  /** Node alone: no npm, no esbuild, no docker. */
  readonly nodeOnly: string;
  /** Node, and what the machine has besides this checkout. */
  readonly path: string;

  constructor(folder: string) {
    this.folder = folder;
    this.nodeOnly = join(dirname(folder), 'node-only');
    mkdirSync(folder);
    mkdirSync(this.nodeOnly);
    symlinkSync(process.execPath, join(this.nodeOnly, 'node'));
    const machine = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
    this.path = [this.nodeOnly, ...machine].join(delimiter);
    this.write('package.json', JSON.stringify({ private: true, type: 'module' }));
  }

  writeApps(): void {
    this.write('my-flow/environments/aws.yaml', ENVIRONMENT);
    this.write('app.js', APP);
    this.write('app.cjs', COMMON_JS_APP);
    this.write('app.ts', TYPED_APP);
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['app.ts'] }));
  }

  /** Ends the check where the program fails. */
  async succeed(program: string, words: readonly string[], call: Call = {}): Promise<string> {
    const { code, out, error } = await this.run(program, words, call);
    if (code === 0) return out;
    throw new Error(`${program} ${words.join(' ')} ended with ${code}:\n${out}${error}`);
  }

  async run(program: string, words: readonly string[], { path = this.path, env = {} }: Call = {}): Promise<Said> {
    const options: SpawnOptions = {
      cwd: this.folder,
      env: { ...reachingRegistry(), PATH: path, HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    };
    const child = spawn(program, words, options);
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => error.push(chunk));
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('close', resolve).once('error', reject),
    );
    return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  private write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }
}

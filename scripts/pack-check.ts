/**
 * `npm run pack:check`: packs, installs the tarball into an empty folder outside the checkout beside the CDK, and uses it
 * there as a newcomer would. Needs the npm registry (or npm's cache) and nothing else; cfn-lint and an older Node are used
 * where the machine has them, and it is said where it has not. Ends at the first thing that is wrong.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Consumer } from './consumer.ts';
import { pack } from './pack.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGE = 'node_modules/@interlock/coordinator';

interface Step {
  readonly says: string;
  /** What was not tried, and why. */
  readonly run: (consumer: Consumer) => Promise<string | undefined>;
}

const STEPS: readonly Step[] = [
  { says: 'installs from a tarball that two packs make alike', run: install },
  { says: 'init, check and run --simulate', run: useCommands },
  { says: 'a ten-line app synthesises with Node alone, twice alike', run: synthesise },
  { says: 'cfn-lint finds nothing in its template', run: lint },
  { says: 'the bundled handlers load', run: loadHandlers },
  { says: 'an app in TypeScript type-checks', run: typeCheck },
  { says: 'an older Node is told what to do', run: tryOlderNode },
];

async function install(consumer: Consumer): Promise<undefined> {
  const builds = ['a', 'b'].map((name) => join(dirname(consumer.folder), name));
  const [one = '', other = ''] = await Promise.all(builds.map(pack));
  expect(readFileSync(one).equals(readFileSync(other)), 'two packs differ');
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly devDependencies: { readonly [name: string]: string };
  };
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${devDependencies[name]}`);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await consumer.succeed('npm', ['install', ...quiet, one, ...peers]);
  for (const path of ['node_modules/esbuild', 'node_modules/.bin/node'])
    expect(!consumer.has(path), `the package brought ${path} along`);
}

async function useCommands(consumer: Consumer): Promise<undefined> {
  await consumer.succeed('npx', ['interlock', 'init', 'my-flow']);
  await consumer.succeed('npx', ['interlock', 'check', 'my-flow']);
  const view = await consumer.succeed('npx', ['interlock', 'run', 'my-flow', '--simulate', '--json']);
  expect(/"status": ?"succeeded"/.test(view), `the simulated run did not succeed: ${view}`);
  const example = `${PACKAGE}/state-machines/order-fulfilment`;
  const machine = await consumer.succeed('npx', ['interlock', 'compile', example]);
  expect(
    machine === consumer.read(`${example}/place-order.asl.json`),
    'the packed example compiles to another machine',
  );
}

/** As an ES module and as CommonJS: the templates, asset hashes included, are the same. */
async function synthesise(consumer: Consumer): Promise<undefined> {
  consumer.writeApps();
  for (const [app, out] of [
    ['app.js', 'cdk.out'],
    ['app.cjs', 'cdk.2'],
  ] as const) {
    await consumer.succeed('node', [app], { path: consumer.nodeOnly, env: { CDK_OUTDIR: out } });
  }
  expect(
    consumer.read('cdk.out/Flow.template.json') === consumer.read('cdk.2/Flow.template.json'),
    'two synths differ',
  );
}

async function lint(consumer: Consumer): Promise<string | undefined> {
  if (!onPath('cfn-lint')) return 'not tried: there is no cfn-lint on this machine';
  const config = join(ROOT, '.cfnlintrc.yaml');
  await consumer.succeed('cfn-lint', ['--config-file', config, '--', 'cdk.out/Flow.template.json']);
  return undefined;
}

/** With the environment that the construct gives them. */
async function loadHandlers(consumer: Consumer): Promise<undefined> {
  const [asset = ''] = readdirSync(join(consumer.folder, 'cdk.out')).filter((name) => name.startsWith('asset.'));
  const folder = join(consumer.folder, 'cdk.out', asset);
  const env = {
    LAMBDA_TASK_ROOT: folder,
    INTERLOCK_INTEGRATION: 'my-flow',
    INTERLOCK_SYSTEM: 'greetings',
    INTERLOCK_TABLE: 'runs',
    AWS_REGION: 'eu-central-1',
  };
  for (const bundle of ['call.mjs', 'core.mjs']) {
    const program = `const { handler } = await import(${JSON.stringify(join(folder, bundle))}); console.log(typeof handler);`;
    const said = await consumer.succeed(process.execPath, ['--input-type=module', '-e', program], { env });
    expect(said.trim() === 'function', `${bundle} exports no handler but: ${said}`);
  }
}

async function typeCheck(consumer: Consumer): Promise<undefined> {
  await consumer.succeed(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.']);
}

async function tryOlderNode(consumer: Consumer): Promise<string | undefined> {
  const older = olderNode();
  if (older === undefined) return 'not tried: no Node on the PATH is older than 24';
  const path = [dirname(older), consumer.path].join(delimiter);
  const { code, error } = await consumer.run('npx', ['interlock', 'check', 'my-flow'], { path });
  expect(code === 3, `under an older Node the command ended with ${code}:\n${error}`);
  expect(/^interlock needs Node 24 or newer; this is v[\d.]+\. .*\n$/.test(error), `it said:\n${error}`);
  const app = await consumer.run(older, ['app.js']);
  expect(app.code !== 0 && app.error.includes('interlock needs Node 24'), `an app said:\n${app.error}`);
  return undefined;
}

function olderNode(): string | undefined {
  return onPath('node', (path) => Number(/\d+/.exec(execFileSync(path, ['--version']).toString())?.[0]) < 24);
}

function onPath(program: string, fits: (path: string) => boolean = () => true): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program));
  return places.find((path) => existsSync(path) && fits(path));
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

const place = mkdtempSync(join(tmpdir(), 'interlock-pack-'));
try {
  const consumer = new Consumer(join(place, 'app'));
  for (const { says, run } of STEPS) {
    const begun = performance.now();
    const untried = await run(consumer);
    process.stdout.write(`${says}: ${untried ?? `ok (${((performance.now() - begun) / 1000).toFixed(1)} s)`}\n`);
  }
} catch (error) {
  process.stderr.write(
    `the package is not fit to publish: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}

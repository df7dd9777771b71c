/**
 * `npm run deploy:emulator`: the app of this repository deployed to an emulator of AWS on loopback by the CDK's own commands
 * (bootstrap, deploy, destroy), every resource compared with its template by what its service says of it, and after the
 * end what stays and what goes. Ends with 0 where all is as it should be, 1 where it is not, 3 where moto is not installed.
 * `-- FOLDER` deploys the descriptions below that folder, with the machines that were compiled beside them, in place of
 * state-machines/. It proves that the app deploys and that references resolve; what machines do is shown by test/aws-path.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complete, createAlarms, createApis, createRoutes, of } from './emulator/apart.ts';
import { AwsCalls, NotThere } from './emulator/aws-calls.ts';
import { CHECKS, filledIn, misfitsOf } from './emulator/checks.ts';
import { checkCredentials, createSecrets } from './emulator/credential-checks.ts';
import { emulated, type Template } from './emulator/emulated-template.ts';
import { findMoto, Moto } from './emulator/moto.ts';
import { StackNames } from './emulator/stack-names.ts';
import { PSEUDO } from './emulator/template-values.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const TEMPLATE = '.template.json';
const LONGEST_COMMAND_MS = 300_000;
const NOTHING = 'not asked, the emulator has no such thing here';
/** Held by the tests of the template only. */
const NOT_KEPT: readonly string[] = [
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'Custom::InterlockCredentials',
];
/** What CloudFormation makes there, it also removes. */
const STAYS_OR_GOES: readonly string[] = [
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::StepFunctions::StateMachine',
  'AWS::Events::Rule',
  'AWS::CloudWatch::Dashboard',
];

const DESCRIPTIONS = resolve(process.argv[2] ?? join(ROOT, 'state-machines'));

process.exitCode = await main();

async function main(): Promise<number> {
  const program = findMoto();
  if (program === undefined) {
    process.stderr.write('moto_server is not installed, so nothing was deployed: `pip install "moto[server]"`\n');
    return 3;
  }
  const folder = mkdtempSync(join(tmpdir(), 'interlock-emulator-'));
  try {
    await using moto = await Moto.start(program);
    const misfits = await deployed(folder, moto);
    for (const one of misfits) process.stdout.write(`  ${one}\n`);
    process.stdout.write(misfits.length === 0 ? 'all as the template says\n' : `${misfits.length} misfits\n`);
    return misfits.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stack {
  readonly name: string;
  readonly template: Template;
}

interface Made extends Stack {
  readonly names: StackNames;
}

async function deployed(folder: string, moto: Moto): Promise<readonly string[]> {
  const calls = new AwsCalls(moto.url);
  await runCdk(moto, 'synth', '-q', '-o', folder, '-c', `descriptions=${DESCRIPTIONS}`);
  const stacks = stacksIn(folder);
  await runCdk(moto, 'bootstrap', `aws://${PSEUDO['AWS::AccountId']}/${PSEUDO['AWS::Region']}`);
  const made: Made[] = [];
  for (const stack of stacks) made.push(await putUp(stack, { folder, moto, calls }));
  const misfits = stacks.flatMap(({ template }) => unknownMachines(template));
  misfits.push(...(await Promise.all(made.map((one) => checked(one, calls)))).flat());
  const asking = made.map(({ name, ...one }) => ({
    ...one,
    stack: name,
    calls,
    folder,
    environment: moto.environment(),
  }));
  for (const secrets of ['missing', 'there'] as const) {
    if (secrets === 'there')
      await createSecrets(
        stacks.map(({ template }) => template),
        calls,
      );
    misfits.push(...(await Promise.all(asking.map((one) => checkCredentials(one, secrets)))).flat());
    process.stdout.write(`Custom::InterlockCredentials: asked with their secrets ${secrets}\n`);
  }
  await runCdk(moto, 'destroy', '-a', folder, '--force', '--all');
  misfits.push(...(await Promise.all(made.map((one) => leftOf(one, calls)))).flat());
  return misfits;
}

async function putUp(
  { name, template }: Stack,
  { folder, moto, calls }: { readonly folder: string; readonly moto: Moto; readonly calls: AwsCalls },
): Promise<Made> {
  const apis = await createApis(template, calls);
  writeFileSync(join(folder, name + TEMPLATE), JSON.stringify(emulated(template, apis)));
  await runCdk(moto, 'deploy', name, '-a', folder, '--require-approval', 'never');
  const stack = await StackNames.of(name, { template, calls, apart: apis });
  await complete(template, calls, stack);
  await createAlarms(template, calls, stack);
  const routes = await createRoutes(template, calls, stack);
  return {
    name,
    template,
    names: await StackNames.of(name, { template, calls, apart: new Map([...apis, ...routes]) }),
  };
}

async function checked({ name, template, names }: Made, calls: AwsCalls): Promise<readonly string[]> {
  const kinds = Object.groupBy(Object.entries(template.Resources), ([, { Type }]) => Type);
  const misfits: string[] = [];
  for (const [type, resources = []] of Object.entries(kinds).sort(([one], [other]) => (one < other ? -1 : 1))) {
    const says = CHECKS[type]?.says;
    if (says === undefined && !NOT_KEPT.includes(type)) misfits.push(`nothing is known of ${type}`);
    const asked = resources.map(([logicalId, resource]) =>
      misfitsOf(type, { logicalId, properties: says === undefined ? {} : filledIn(resource, names), calls, names }),
    );
    misfits.push(...(await Promise.all(asked)).flat());
    process.stdout.write(`${name}: ${resources.length} ${type}: ${says ?? NOTHING}\n`);
  }
  return misfits;
}

/** Machines of a template that are none of those which are checked in. */
function unknownMachines(template: Template): readonly string[] {
  const files = readdirSync(DESCRIPTIONS, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.asl.json'),
  );
  const emitted = files.map((file) => JSON.stringify(JSON.parse(readFileSync(join(DESCRIPTIONS, file), 'utf8'))));
  const machines = of(template, 'AWS::StepFunctions::StateMachine');
  return machines.flatMap(([id, { Properties }]) =>
    emitted.includes(JSON.stringify(JSON.parse(String(Properties['DefinitionString']))))
      ? []
      : [`${id} has a definition that no file below ${DESCRIPTIONS} has`],
  );
}

/** What is to stay has to be there, all else has to be gone. What was made beside the stack is nobody's to remove here. */
async function leftOf({ template, names }: Made, calls: AwsCalls): Promise<readonly string[]> {
  const resources = Object.entries(template.Resources).filter(([, { Type }]) => STAYS_OR_GOES.includes(Type));
  const answers = await Promise.all(
    resources.map(async ([logicalId, resource]) => {
      const stays = String(resource['DeletionPolicy']).startsWith('Retain');
      const isThere = await isLeft(resource.Type, { logicalId, properties: filledIn(resource, names), calls, names });
      if (stays === isThere) return [];
      return [stays ? `${logicalId} is gone, and was to stay` : `${logicalId} is there after the end of its stack`];
    }),
  );
  const kept = resources.filter(([, one]) => String(one['DeletionPolicy']).startsWith('Retain')).length;
  process.stdout.write(`destroyed: of ${resources.length} resources ${kept} were to stay\n`);
  return answers.flat();
}

async function isLeft(type: string, asked: Parameters<typeof misfitsOf>[1]): Promise<boolean> {
  try {
    return (await misfitsOf(type, asked)).length === 0;
  } catch (error) {
    if (error instanceof NotThere) return false;
    throw error;
  }
}

function stacksIn(folder: string): readonly Stack[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(TEMPLATE))
    .sort();
  return files.map((file) => ({
    name: file.slice(0, -TEMPLATE.length),
    template: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template,
  }));
}

async function runCdk(moto: Moto, ...words: readonly string[]): Promise<void> {
  process.stdout.write(`cdk ${words[0]}\n`);
  const child = spawn(process.execPath, [CDK, ...words], {
    cwd: ROOT,
    env: moto.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_COMMAND_MS,
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Error(`cdk ${words.join(' ')} ended with ${code}: ${Buffer.concat(said).toString()}${moto.lastWords()}`);
}

/**
 * The question that a deploy asks each call function (decision 025), asked as CloudFormation asks it: the deployed code, in
 * a process with the variables that the emulator's Lambda has for it, reads its credentials from the emulator's Secrets
 * Manager and puts its answer where it was told to. Without the secrets the deploy has to end, with them it goes on.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../lib/model/json.ts';
import { of } from './apart.ts';
import type { AwsCalls } from './aws-calls.ts';
import type { Template } from './emulated-template.ts';
import type { StackNames } from './stack-names.ts';
import { valueOf } from './template-values.ts';

const CHECK = 'Custom::InterlockCredentials';
/** It tries for a quarter of a minute itself. */
const LONGEST_ANSWER_MS = 60_000;

type Reference = { readonly secret?: string; readonly field?: string; readonly parameter?: string };

export interface Asking {
  readonly stack: string;
  readonly template: Template;
  readonly names: StackNames;
  readonly calls: AwsCalls;
  /** The cloud assembly. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What a user creates before a deploy, of the references in all stacks: a secret's value has every field that is asked for. */
export async function createSecrets(templates: readonly Template[], calls: AwsCalls): Promise<void> {
  const references = templates.flatMap((template) =>
    of(template, CHECK).flatMap(([, { Properties }]) => Properties['References'] as readonly Reference[]),
  );
  for (const Name of new Set(references.flatMap(({ secret }) => secret ?? []))) {
    const fields = references.flatMap(({ secret, field }) => (secret === Name && field !== undefined ? [field] : []));
    const whole = Object.fromEntries(fields.map((field) => [field, randomUUID()]));
    const SecretString = fields.length === 0 ? randomUUID() : JSON.stringify(whole);
    await calls.json('secretsmanager', 'CreateSecret', { Name, SecretString, ClientRequestToken: randomUUID() });
  }
  for (const Name of new Set(references.flatMap(({ parameter }) => parameter ?? [])))
    await calls.json('ssm', 'PutParameter', { Name, Value: randomUUID(), Type: 'SecureString' });
}

/** What is wrong with the answers of all call functions, in words. */
export async function checkCredentials(asking: Asking, secrets: 'missing' | 'there'): Promise<readonly string[]> {
  const answers = await Promise.all(
    of(asking.template, CHECK).map(async ([id, { Properties }]) => ({ id, answer: await ask(id, Properties, asking) })),
  );
  return answers.flatMap(({ id, answer: { Status, Reason } }) => {
    if (secrets === 'there') return Status === 'SUCCESS' ? [] : [`${id} says ${String(Status)}: ${String(Reason)}`];
    return Status === 'FAILED' ? [] : [`${id} says ${String(Status)}, and no secret was there`];
  });
}

async function ask(id: string, properties: JsonObject, asking: Asking): Promise<JsonObject> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const answered = new Promise<JsonObject>((resolve) =>
    server.once('request', (request, response) => {
      void text(request).then((body) => {
        response.end();
        resolve(JSON.parse(body) as JsonObject);
      });
    }),
  );
  const event = {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`,
    StackId: asking.stack,
    RequestId: randomUUID(),
    LogicalResourceId: id,
    ResourceType: CHECK,
    ResourceProperties: { References: properties['References'] ?? [] },
  };
  const ended = invoked(properties, event, asking).then((said): JsonObject => ({ Status: 'UNANSWERED', Reason: said }));
  try {
    return await Promise.race([answered, ended]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As Lambda would: the code that was uploaded, with the variables that the service keeps. Gives what it printed. */
async function invoked(properties: JsonObject, event: object, asking: Asking): Promise<string> {
  const { names, calls, template, environment } = asking;
  const [function_ = ''] = (properties['ServiceToken'] as { readonly 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'];
  const found = await calls.rest('lambda', `GET /2015-03-31/functions/${names.ref(function_)}`);
  const { Environment, Handler } = found['Configuration'] as { Environment: JsonObject; Handler: string };
  const { S3Key } = valueOf(template.Resources[function_]?.Properties['Code'] ?? {}, names) as JsonObject;
  const root = assetFolder(asking.folder, asking.stack, String(S3Key).replace(/\.zip$/, ''));
  const [file = '', name = ''] = Handler.split('.');
  const code = `const code = await import(${JSON.stringify(pathToFileURL(join(root, `${file}.mjs`)).href)});
    await code[${JSON.stringify(name)}](${JSON.stringify(event)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_ANSWER_MS,
    env: {
      ...environment,
      ...(Environment['Variables'] as { readonly [name: string]: string }),
      AWS_LAMBDA_FUNCTION_NAME: names.ref(function_),
      LAMBDA_TASK_ROOT: root,
    },
  });
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return said.join('');
}

function assetFolder(folder: string, stack: string, hash: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, `${stack}.assets.json`), 'utf8')) as {
    readonly files: { readonly [hash: string]: { readonly source: { readonly path: string } } };
  };
  const asset = manifest.files[hash];
  if (asset === undefined) throw new Error(`the assembly of ${stack} has no asset ${hash}`);
  return join(folder, asset.source.path);
}

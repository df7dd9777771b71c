import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../../lib/diagnostics/render-text.ts';
import { carrierEndpoints } from '../../../lib/embedded/carrier-endpoints.ts';
import { namedVariables, requireVariables } from '../../../lib/embedded/environment-file.ts';
import { checkEnvironments } from '../../../lib/embedded/environments-beside.ts';
import { localSecrets } from '../../../lib/embedded/secrets.ts';
import type { Description } from '../../../lib/model/description.ts';
import { readDescription } from '../../../lib/read/description.ts';
import { inFolder } from '../../support/command-line.ts';

const DESCRIPTION = `arazzo: 1.1.0
info: { title: Letting, version: 1.0.0 }
sourceDescriptions: [{ name: keys, url: ./keys.yaml, type: openapi }]
workflows: [{ workflowId: let, steps: [{ stepId: look, operationId: look }] }]
`;
const KEYS = `openapi: 3.1.0
info: { title: Keys, version: 1.0.0 }
paths: { /keys: { get: { operationId: look, responses: { '200': { description: Keys. } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;

async function described(files: { readonly [name: string]: string }): Promise<Description> {
  const read = (uri: string): Promise<{ readonly text: string }> => Promise.resolve({ text: files[uri] ?? '' });
  const { description } = await readDescription('flow.yaml', { read });
  if (!description) throw new Error('The test’s description cannot be read');
  return description;
}

function environmentIn(folder: string, file: string, text: string): void {
  mkdirSync(join(folder, 'environments'), { recursive: true });
  writeFileSync(join(folder, 'environments', file), text);
}

function token(reference: string, system = 'keys'): string {
  return `systems: { ${system}: { auth: { token: ${reference} } } }\n`;
}

describe('variables that a run is handed', () => {
  const values = {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL_SQS: 'http://a',
    OTHER: 'x',
  };

  async function handed(systems: string): Promise<readonly string[]> {
    return await inFolder(async (folder) => {
      environmentIn(folder, 'local.yaml', systems);
      const given = await namedVariables({ folder, environment: 'local', simulate: false }, values);
      return Object.keys(given).filter((name) => given[name] !== undefined);
    });
  }

  it('are those of AWS where it sends to a place there, and none of anybody else', async () => {
    const queue = 'systems: { bus: { channels: { orders: arn:aws:sqs:eu-central-1:123456789012:orders } } }\n';
    expect(await handed(queue)).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_SQS']);
    expect(await handed('systems: { bus: { server: https://bus.example.com } }\n')).toEqual([]);
  });

  it.each([
    [{ AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1' }, { sns: 'http://127.0.0.1:1' }],
    [
      { AWS_ENDPOINT_URL: 'https://all.example', AWS_ENDPOINT_URL_EVENTBRIDGE: 'https://events.example' },
      { sqs: 'https://all.example', sns: 'https://all.example', eventbridge: 'https://events.example' },
    ],
    [{ AWS_ENDPOINT_URL: 'https://all.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, {}],
    [{ AWS_ENDPOINT_URL_SQS: 'not a url' }, {}],
    [{}, {}],
  ])('say where services are that carry messages: %j', (variables, endpoints) => {
    expect(carrierEndpoints(variables)).toEqual(endpoints);
  });
});

describe('credentials of a run', () => {
  const asked = (folder: string) => ({ folder, environment: 'local', simulate: false });

  it('are looked for before anything is started: variables, files from the environment’s folder on, and what AWS keeps', async () => {
    await inFolder(async (folder) => {
      environmentIn(
        folder,
        'local.yaml',
        `systems:
  keys: { auth: { token: { env: KEYS_TOKEN } } }
  locks: { auth: { login: { username: me, password: { file: ../locks.txt } } } }
  rent: { auth: { token: { secret: rent-token } } }
  bank: { auth: { token: { parameter: /bank/token } } }
  idle: { auth: { token: { env: IDLE_TOKEN } } }
`,
      );
      const systems = ['keys', 'locks', 'rent', 'bank'];
      await expect(requireVariables(asked(folder), systems, {})).rejects.toMatchObject({
        kind: 'world',
        message: [
          'Environment variables that hold credentials are not set: KEYS_TOKEN (keys)',
          `Files that hold credentials cannot be read: ${join(folder, 'locks.txt')} (locks)`,
          'Credentials that AWS keeps are not read on one machine: {secret: rent-token} (rent), {parameter: /bank/token} (bank)',
        ].join('; '),
      });
      writeFileSync(join(folder, 'locks.txt'), 'hunter2\n');
      await requireVariables(asked(folder), ['keys', 'locks'], { KEYS_TOKEN: 't' });
      await requireVariables({ ...asked(folder), simulate: true }, systems, {});
    });
  });

  it('may lie in a file whose name would be read otherwise in a URL', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a#1%20?.txt'), 'hunter2\n');
      const secrets = localSecrets({}, pathToFileURL(`${folder}/`));
      expect(await secrets.resolve({ file: 'a#1%20?.txt' })).toBe('hunter2');
      await expect(secrets.resolve({ file: 'none' })).rejects.toMatchObject({
        message: `The file ${join(folder, 'none')}, which holds a credential, cannot be read`,
      });
    });
  });
});

describe('the environments beside a description', () => {
  it('are checked all, each under its name', async () => {
    const description = await described({ 'flow.yaml': DESCRIPTION, 'keys.yaml': KEYS });
    await inFolder(async (folder) => {
      expect(await checkEnvironments(folder, description)).toMatchObject({ names: [], diagnostics: [] });
      environmentIn(folder, 'local.yaml', token('{ env: KEYS_TOKEN }'));
      environmentIn(folder, 'aws.json', JSON.stringify({ systems: { kyes: {} } }));
      environmentIn(folder, 'demo.env', 'KEYS_TOKEN=t');
      const { names, diagnostics } = await checkEnvironments(folder, description);
      expect(names).toEqual(['aws', 'local']);
      expect(diagnostics.map(({ code, place }) => [code, place?.document])).toEqual([
        ['ENV005', 'environments/aws.json'],
      ]);
    });
  });

  it('show no line of a file that is broken: a secret may stand in it', async () => {
    const description = await described({ 'flow.yaml': DESCRIPTION, 'keys.yaml': KEYS });
    await inFolder(async (folder) => {
      environmentIn(folder, 'local.yaml', `systems: { keys: { auth: { token: "hunter2\n`);
      const { diagnostics, documents } = await checkEnvironments(folder, description);
      expect(diagnostics.map(({ code }) => code)).toContain('DOC010');
      const text = renderText(diagnostics, documents);
      expect(text).toContain('environments/local.yaml:');
      expect(text).not.toContain('hunter2');
    });
  });
});

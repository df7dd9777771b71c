import { describe, expect, it, test } from 'vitest';
import { draftAwsEnvironment, draftEnvironment } from '../../../lib/cli/draft-environment.ts';
import { type DraftSource, draftWorkflow, isDraftable } from '../../../lib/cli/draft-integration.ts';
import { readOpenApi } from '../../../lib/read/openapi.ts';

const JSON_BODY = 'requestBody: { required: true, content: { application/json: { schema: { type: object } } } }';
const FORM_BODY = 'requestBody: { required: true, content: { multipart/form-data: { schema: { type: object } } } }';
const ANSWER = "responses: { '200': { description: It. } }";

async function source(paths: string, servers = '[{ url: https://api.example }]'): Promise<DraftSource> {
  const text = `openapi: 3.1.0
info: { title: Flats, version: 1.0.0 }
servers: ${servers}
paths:
${paths}
`;
  const { document } = await readOpenApi('flats.yaml', { read: () => Promise.resolve({ text }) });
  if (!document) throw new Error('The test’s document cannot be read');
  return { name: 'flats', file: 'flats.yaml', document };
}

describe('a drafted step', () => {
  it('does not take the key of a repeat from the inputs: it would be the same in every run', async () => {
    const key = '{ name: Idempotency-Key, in: header, required: true, schema: { type: string } }';
    const place = '{ name: place, in: query, required: true, schema: { type: string } }';
    const drafted = draftWorkflow('flats', [
      await source(`  /lets: { post: { operationId: let, parameters: [${key}, ${place}], ${JSON_BODY}, ${ANSWER} } }`),
    ]);
    expect(drafted).not.toContain('Idempotency-Key');
    expect(drafted).toContain('- { name: "place", in: query, value: $inputs.letPlace }');
  });

  it('calls an operation whose body can be made up', async () => {
    const flats = await source(
      `  /photos: { post: { operationId: upload, ${FORM_BODY}, ${ANSWER} } }
  /lets: { post: { operationId: let, ${JSON_BODY}, ${ANSWER} } }`,
    );
    expect(draftWorkflow('flats', [flats])).toContain('stepId: let\n');
    expect(flats.document.operations.map(isDraftable)).toEqual([false, true]);
  });
});

describe('a drafted environment', () => {
  const paths = `  /lets: { get: { operationId: lets, ${ANSWER} } }`;
  test.each([
    ['[{ url: https://api.example/v1 }]', 'https://api.example/v1'],
    [
      "[{ url: 'https://{city}.example:{port}', variables: { city: { default: bern }, port: { default: '8443' } } }]",
      'https://bern.example:8443',
    ],
    ['[{ url: /v2 }]', 'http://127.0.0.1:4000/v2'],
    ["[{ url: 'https://{city}.example' }]", 'http://127.0.0.1:4000'],
    ['[{ url: https://api.example:99999 }]', 'http://127.0.0.1:4000'],
    ['[{ url: //api.example }]', 'http://127.0.0.1:4000'],
    ['[]', 'http://127.0.0.1:4000'],
  ])('with the servers %s calls %s', async (servers, url) => {
    expect(draftEnvironment([await source(paths, servers)])).toContain(`server: "${url}"\n`);
  });
});

describe('a drafted environment for AWS', () => {
  const paths = `  /lets: { get: { operationId: lets, ${ANSWER} } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    login: { type: http, scheme: basic }
    client: { type: oauth2, flows: { clientCredentials: { tokenUrl: /token, scopes: {} } } }`;

  it('names members of one secret per system, and nothing that only this machine has', async () => {
    const text = draftAwsEnvironment('my flats', [await source(paths, '[{ url: https://api.example/v1 }]')]);
    expect(text).toContain('server: "https://api.example/v1"\n');
    expect(text).toContain('"key": { secret: "my-flats/flats", field: "key" }\n');
    expect(text).toContain(
      '"login": { username: { secret: "my-flats/flats", field: "login.user" }, password: { secret: "my-flats/flats", field: "login.password" } }',
    );
    expect(text).toContain('clientSecret: { secret: "my-flats/flats", field: "client.secret" }');
    expect(text).not.toContain('env:');
  });

  test.each(['[{ url: http://127.0.0.1:4000 }]', '[{ url: http://localhost:1/v1 }]', '[{ url: /v2 }]', '[]'])(
    'puts an address that has to be changed in place of %s',
    async (servers) => {
      expect(draftAwsEnvironment('flats', [await source(paths, servers)])).toContain(
        'server: "https://flats.example.com"\n',
      );
    },
  );
});

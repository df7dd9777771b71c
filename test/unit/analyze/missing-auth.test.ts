/** Which credentials an environment is said to lack: those without which a call of the workflow cannot be made. */
import { expect, test } from 'vitest';
import { missingAuth } from '../../../lib/analyze/missing-auth.ts';
import { compileDescription } from '../../../lib/compile/compile.ts';
import type { Json } from '../../../lib/model/json.ts';
import { positionedFromText } from '../../../lib/read/positioned.ts';
import { memoryFiles } from '../../support/memory-files.ts';

interface Asking {
  readonly security: Json;
  readonly environment: string;
  readonly parameters?: Json;
}

async function lacking({ security, environment, parameters = [] }: Asking): Promise<readonly (string | undefined)[]> {
  const operation = { operationId: 'list', security, responses: { '200': { description: 'It.' } } };
  const shop = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.example' }],
    paths: { '/orders': { get: operation } },
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-Key' },
        login: { type: 'http', scheme: 'basic' },
        odd: { type: 'http', scheme: 'digest' },
      },
    },
  };
  const arazzo = {
    arazzo: '1.1.0',
    info: { title: 'Flow', version: '1' },
    sourceDescriptions: [{ name: 'shop', url: 'shop.json', type: 'openapi' }],
    workflows: [{ workflowId: 'flow', steps: [{ stepId: 'list', operationId: 'list', parameters }] }],
  };
  const files = memoryFiles({ 'flow.json': JSON.stringify(arazzo), 'shop.json': JSON.stringify(shop) });
  const { workflows } = await compileDescription({ entry: 'flow.json', files });
  const { document } = positionedFromText('environments/aws.yaml', environment);
  const plans = workflows.map(({ plan }) => plan);
  return document ? missingAuth(plans, { name: 'aws', document }).map(({ fix }) => fix) : [];
}

const NONE = 'systems: {}';
const KEY = 'Write `systems.shop.auth.key: { env: NAME }`.';
const LOGIN = '`systems.shop.auth.login: { username: NAME, password: { env: NAME } }`';

test.each<[string, Asking, readonly string[]]>([
  ['a scheme', { security: [{ key: [] }], environment: NONE }, [KEY]],
  ['a scheme of a system that is there', { security: [{ key: [] }], environment: 'systems: { shop: {} }' }, [KEY]],
  [
    'nothing, where it has it',
    { security: [{ key: [] }], environment: 'systems: { shop: { auth: { key: { env: K } } } }' },
    [],
  ],
  ['nothing, where one alternative asks for nothing', { security: [{ key: [] }, {}], environment: NONE }, []],
  ['nothing, where nothing is asked for', { security: [], environment: NONE }, []],
  [
    'nothing, where one alternative is there',
    { security: [{ key: [] }, { login: [] }], environment: 'systems: { shop: { auth: { login: { username: a } } } }' },
    [],
  ],
  ['the first alternative', { security: [{ key: [] }, { login: [] }], environment: NONE }, [KEY]],
  [
    'all schemes of an alternative',
    { security: [{ key: [], login: [] }], environment: NONE },
    [`Write \`systems.shop.auth.key: { env: NAME }\` and ${LOGIN}.`],
  ],
  ['only what can be met', { security: [{ odd: [] }, { login: [] }], environment: NONE }, [`Write ${LOGIN}.`]],
  [
    'nothing, where the step passes it',
    {
      security: [{ key: [] }],
      environment: NONE,
      parameters: [{ name: 'x-key', in: 'header', value: 'a' }],
    },
    [],
  ],
  ['nothing, where the file is no environment at all', { security: [{ key: [] }], environment: '[]' }, []],
])('an environment lacks %s', async (_, asking, fixes) => {
  expect(await lacking(asking)).toEqual(fixes);
});

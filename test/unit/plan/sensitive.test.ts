/** Which values of a plan are found to be sensitive, and which are not. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const BANK = `
openapi: 3.1.0
info: { title: Bank, version: 1.0.0 }
servers: [{ url: https://bank.example.com }]
security: [{ token: [] }]
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    session: { type: apiKey, in: cookie, name: sid }
    key: { type: apiKey, in: header, name: X-Key }
  schemas:
    Account:
      type: object
      properties:
        id: { type: string }
        owner: { $ref: '#/components/schemas/Owner' }
    Owner:
      type: object
      properties:
        name: { type: string }
        pin: { type: string, format: password }
        parent: { $ref: '#/components/schemas/Owner' }
paths:
  /login:
    post:
      operationId: login
      security: []
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                user: { type: string }
                password: { type: string, writeOnly: true }
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: object, properties: { token: { type: string }, user: { type: string } } }
  /accounts:
    get:
      operationId: account
      parameters:
        - { name: sid, in: cookie, schema: { type: string } }
        - { name: code, in: query, schema: { type: string, format: password } }
      security: [{ token: [] }, { session: [] }, { key: [] }]
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Account' }
`;

interface Texts {
  readonly steps: readonly string[];
  readonly inputs?: string;
  readonly outputs?: string;
  readonly policy?: string;
  readonly others?: readonly string[];
}

async function planned({ steps, inputs = '{ type: object }', outputs, policy, others = [] }: Texts): Promise<Plan> {
  const text = [
    'arazzo: 1.1.0',
    'info: { title: Test, version: 1.0.0 }',
    'sourceDescriptions: [{ name: bank, url: ./bank.yaml, type: openapi }]',
    'workflows:',
    '  - workflowId: main',
    `    inputs: ${inputs}`,
    ...(policy === undefined ? [] : [`    x-interlock: ${policy}`]),
    '    steps:',
    ...steps.map((step) => `      - ${step}`),
    ...(outputs === undefined ? [] : [`    outputs: ${outputs}`]),
    ...others,
  ].join('\n');
  const files = memoryFiles({ 'flow.yaml': text, 'bank.yaml': BANK });
  const { workflows, diagnostics } = await compileDescription({ entry: 'flow.yaml', files });
  const plan = workflows[0]?.plan;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert(plan, `the test's description has a plan: ${JSON.stringify(errors)}`);
  return plan;
}

const marks = (plan: Plan): { readonly [path: string]: readonly string[] } =>
  Object.fromEntries(
    Object.values({ ...plan.steps, ...plan.calls }).flatMap(({ path, sensitive }) =>
      sensitive.length === 0 ? [] : [[path, sensitive]],
    ),
  );

const root = ({ scopes }: Plan): unknown => scopes['']?.sensitive;

const login = (more = ''): string =>
  `{ stepId: login, operationId: login, outputs: { token: $response.body#/token, user: $response.body#/user } ${more} }`;
const account = (parameters: string, outputs = '{ id: $response.body#/id }'): string =>
  `{ stepId: account, operationId: account, parameters: [${parameters}], outputs: ${outputs} }`;
const BEARER = "{ name: Authorization, in: header, value: 'Bearer {$steps.login.outputs.token}' }";

describe('a sensitive output', () => {
  it('is a token that goes into an Authorization header, and nothing else of its step', async () => {
    expect(marks(await planned({ steps: [login(), account(BEARER)] }))).toEqual({ login: ['token'] });
  });

  it.each([
    ['a header', '{ name: x-key, in: header, value: $steps.login.outputs.token }'],
    ['a cookie', '{ name: sid, in: cookie, value: $steps.login.outputs.token }'],
    ['a parameter of format password', '{ name: code, in: query, value: $steps.login.outputs.token }'],
  ])('is one that goes into %s of a security scheme or a password', async (_where, parameter) => {
    expect(marks(await planned({ steps: [login(), account(parameter)] }))).toEqual({ login: ['token'] });
  });

  it('is not one that goes into any other parameter', async () => {
    const other = '{ name: verbose, in: query, value: $steps.login.outputs.token }';
    expect(marks(await planned({ steps: [login(), account(other)] }))).toEqual({});
  });

  it('is what an answer has as a password, by itself or inside of what is selected, through references', async () => {
    const outputs =
      '{ pin: $response.body#/owner/pin, owner: $response.body#/owner, all: $response.body, name: $response.body#/owner/name, inner: $response.body#/owner/parent/parent/pin }';
    const plan = await planned({ steps: [account('', outputs)] });
    expect(marks(plan)).toEqual({ account: ['all', 'inner', 'owner', 'pin'] });
  });

  it('is what the author names, and what is made from it', async () => {
    const named = login(', x-interlock: { sensitive: [user] }');
    const made = account('', "{ id: $response.body#/id, said: 'by {$steps.login.outputs.user}' }");
    expect(marks(await planned({ steps: [named, made] }))).toEqual({ account: ['said'], login: ['user'] });
  });

  it('is a cookie that the answer sets, and what shows a sensitive part of the request', async () => {
    const outputs =
      '{ cookie: $response.header.Set-Cookie, sent: $request.header.Authorization, code: $request.query.verbose, at: $url }';
    const parameters = `${BEARER}, { name: verbose, in: query, value: $steps.login.outputs.user }`;
    const plan = await planned({ steps: [login(), account(parameters, outputs)] });
    expect(marks(plan)).toEqual({ account: ['cookie', 'sent'], login: ['token'] });
  });

  it('is the url of a request that has a sensitive value in its query', async () => {
    const plan = await planned({
      steps: [login(), account('{ name: code, in: query, value: $steps.login.outputs.token }', '{ at: $url }')],
    });
    expect(marks(plan)).toEqual({ account: ['at'], login: ['token'] });
  });
});

describe('sensitive inputs and outputs of a workflow', () => {
  it('are those that the schema marks, at any depth, and those that go to a password of a body', async () => {
    const inputs =
      '{ type: object, properties: { user: { type: string }, pw: { type: string }, card: { type: object, properties: { pin: { type: string, format: password } } }, code: { type: string, writeOnly: true } } }';
    const body = ', requestBody: { payload: { user: $inputs.user, password: $inputs.pw } }';
    const plan = await planned({ inputs, steps: [login(body)] });
    expect(root(plan)).toEqual({ inputs: ['card', 'code', 'pw'], outputs: [] });
  });

  it('are all inputs where the whole input goes to a body with a password, or any name may be one', async () => {
    const whole = await planned({ steps: [login(', requestBody: { payload: $inputs }')] });
    expect(root(whole)).toEqual({ inputs: ['*'], outputs: [] });
    const open = '{ type: object, additionalProperties: { type: string, format: password } }';
    expect(root(await planned({ inputs: open, steps: [login()] }))).toEqual({ inputs: ['*'], outputs: [] });
  });

  it('are found in a payload that is written as JSON text', async () => {
    const body = `, requestBody: { contentType: application/json, payload: '{"password": "{$inputs.pw}"}' }`;
    expect(root(await planned({ steps: [login(body)] }))).toEqual({ inputs: ['pw'], outputs: [] });
  });

  it('are found where a replacement puts them', async () => {
    const body =
      ', requestBody: { payload: { user: u }, replacements: [{ target: /password, value: $inputs.pw }, { target: /user, value: $inputs.id }] }';
    expect(root(await planned({ steps: [login(body)] }))).toEqual({ inputs: ['pw'], outputs: [] });
  });

  it('are outputs that are made from a sensitive output, and the author names the rest', async () => {
    const outputs = '{ token: $steps.login.outputs.token, user: $steps.login.outputs.user, id: $inputs.id }';
    const plan = await planned({ steps: [login(), account(BEARER)], outputs, policy: '{ sensitive: [id] }' });
    expect(root(plan)).toEqual({ inputs: ['id'], outputs: ['id', 'token'] });
    expect(marks(plan)).toEqual({ login: ['token'] });
  });

  it('make what they are made from sensitive: a named output that a step gave is so in its step, too', async () => {
    const outputs = '{ who: $steps.login.outputs.user }';
    const plan = await planned({ steps: [login()], outputs, policy: '{ sensitive: [who] }' });
    expect(marks(plan)).toEqual({ login: ['user'] });
  });

  it('are none where nothing is: the plan says nothing then', async () => {
    expect(root(await planned({ steps: [login()], outputs: '{ user: $steps.login.outputs.user }' }))).toBeUndefined();
  });
});

describe('sensitive values across workflows', () => {
  const signIn = [
    '  - workflowId: sign-in',
    '    inputs: { type: object, properties: { secret: { type: string, format: password } } }',
    '    steps:',
    '      - { stepId: login, operationId: login, outputs: { token: $response.body#/token } }',
    '    outputs: { token: $steps.login.outputs.token }',
  ];
  const signingIn = `{ stepId: in, workflowId: sign-in, parameters: [{ name: secret, value: $inputs.word }], outputs: { token: $outputs.token } }`;

  it('are followed into what a workflow hands out, and back to what it is given', async () => {
    const using = account('{ name: Authorization, in: header, value: $steps.in.outputs.token }');
    const plan = await planned({ steps: [signingIn, using], others: signIn });
    expect(marks(plan)).toEqual({ 'in/login': ['token'] });
    expect(root(plan)).toEqual({ inputs: ['word'], outputs: [] });
  });
});

describe('an output that a step with a workflow hands on', () => {
  const others = [
    '  - workflowId: sign-in',
    '    steps:',
    '      - { stepId: login, operationId: login, outputs: { user: $response.body#/user, token: $response.body#/token } }',
    '    outputs: { who: $steps.login.outputs.user, token: $steps.login.outputs.token }',
  ];

  it('is sensitive where that step names it, back to the step that gave it', async () => {
    const calling =
      '{ stepId: in, workflowId: sign-in, outputs: { name: $outputs.who, token: $outputs.token }, x-interlock: { sensitive: [name] } }';
    const plan = await planned({ steps: [calling], outputs: '{ said: $steps.in.outputs.name }', others });
    expect(marks(plan)).toEqual({ 'in/login': ['user'] });
    expect(root(plan)).toEqual({ inputs: [], outputs: ['said'] });
  });
});

describe('what an action hands on of a failed answer', () => {
  it('is sensitive where its schema says so, or where it goes', async () => {
    const parameters =
      '[{ name: pin, value: $response.body#/owner/pin }, { name: state, value: $statusCode }, { name: code, value: $response.body#/id }]';
    const failing = `{ stepId: account, operationId: account, onFailure: [{ name: on, type: goto, workflowId: tell, parameters: ${parameters} }] }`;
    const others = [
      '  - workflowId: tell',
      '    inputs: { type: object, properties: { pin: { type: string }, state: { type: integer }, code: { type: string } } }',
      '    steps: [{ stepId: tell, operationId: account, parameters: [{ name: code, in: query, value: $inputs.code }] }]',
    ];
    const plan = await planned({ steps: [failing], others });
    expect(marks(plan)).toEqual({ account: ['interlock-failed-0-0', 'interlock-failed-0-2'] });
  });
});

describe('what stands in for a step', () => {
  it('is as sensitive as the step: outputs of its fallback that show a secret', async () => {
    const fallen = account('', '{ id: $response.body#/id }').replace(
      /}$/,
      ', x-interlock: { fallback: { outputs: { id: $inputs.code } } } }',
    );
    const inputs = '{ type: object, properties: { code: { type: string, format: password } } }';
    expect(marks(await planned({ inputs, steps: [fallen] }))).toEqual({ account: ['id'] });
  });
});

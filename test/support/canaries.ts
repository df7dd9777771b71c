/**
 * A description with something sensitive in every place that there is, systems that take it and say it back wherever they
 * can, and the search for it. Every secret holds the same mark, so one search finds them all, in clear, as base64, and
 * percent-encoded. `reached` tells which of them the systems have got: what never left us proves nothing.
 */
import type { Json, JsonObject } from '../../lib/model/json.ts';
import type { AwsKeys } from '../../lib/runtime/ports/secrets.ts';
import { authority, type Identity } from './certificates.ts';
import type { SystemEnvironment } from '../../lib/model/environment.ts';

const MARK = 'cAnArY';

const secret = (name: string): string => `${MARK}+${name}/é`;

const AUTHORITY = authority('Canaries');
/** Of the bank: its certificate, and whose it takes. */
export const BANK: Identity & { readonly ca: string } = { ...AUTHORITY.issue('bank'), ca: AUTHORITY.cert };
const CLIENT = AUTHORITY.issue('client');
/** A key is one text of several lines; any of them would be too much. */
const KEY_LINE = CLIENT.key.split('\n')[1] ?? '';

/** What the environment's references stand for. */
export const CREDENTIALS: { readonly [variable: string]: string } = {
  CANARY_KEY: `${MARK}-api-key`,
  CANARY_COOKIE: `${MARK}-cookie`,
  CANARY_QUERY: secret('query'),
  CANARY_BEARER: `${MARK}-bearer`,
  CANARY_PASSWORD: secret('basic-password'),
  CANARY_CLIENT: `${MARK}clientsecret`,
  CANARY_REFRESH: `${MARK}-refresh-token`,
  CANARY_AUTHORITY: BANK.ca,
  CANARY_CERTIFICATE: CLIENT.cert,
  CANARY_CERTIFICATE_KEY: CLIENT.key,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: `${MARK}/aws/secret`,
  AWS_SESSION_TOKEN: `${MARK}-aws-session`,
};

export const AWS_KEYS: AwsKeys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: `${MARK}/aws/secret`,
  sessionToken: `${MARK}-aws-session`,
};

export const INPUT: JsonObject = {
  user: 'ann',
  password: secret('password-input'),
  account: secret('named-input'),
  card: { number: secret('nested-input'), holder: 'Ann' },
};

/** Given by the systems. */
const GIVEN = {
  login: `${MARK}-login-token`,
  access: `${MARK}-access-token`,
  receipt: `${MARK}-receipt`,
  renewed: `${MARK}-renewed-token`,
  rotated: `${MARK}-rotated-token`,
  named: secret('named-output'),
  undo: secret('undo-output'),
};

/** Only an answer holds the first, and nothing is made of it; with the others a connection and a signature are proved. */
export const NEVER_SENT: readonly string[] = [AWS_KEYS.secretAccessKey, KEY_LINE, GIVEN.undo];

export const PUBLIC: { readonly order: string; readonly filler: string } = {
  order: 'order-1',
  filler: 'x'.repeat(1_048_576),
};

export const OPENAPI = `
openapi: 3.1.0
info: { title: Vault, version: 1.0.0 }
servers: [{ url: http://vault.invalid }]
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    cookie: { type: apiKey, in: cookie, name: sid }
    query: { type: apiKey, in: query, name: code }
    bearer: { type: http, scheme: bearer }
    basic: { type: http, scheme: basic }
    client: { type: oauth2, flows: { clientCredentials: { tokenUrl: /token, scopes: {} } } }
    renewing: { type: oauth2, flows: { authorizationCode: { authorizationUrl: /grant, tokenUrl: /token, scopes: {} } } }
    aws: { type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4 }
paths:
  /login:
    post:
      operationId: login
      security: [{ key: [], cookie: [] }]
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { user: { type: string }, password: { type: string, writeOnly: true } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
  /orders:
    post:
      operationId: order
      security: [{ client: [] }]
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: object, properties: { receipt: { type: string, format: password } } }
  /orders/{receipt}/void:
    post:
      operationId: void
      security: [{ basic: [] }]
      parameters: [{ name: receipt, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
  /ship:
    post:
      operationId: ship
      security: [{ query: [], bearer: [] }]
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
  /stamp:
    post:
      operationId: stamp
      security: [{ aws: [] }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
  /extend:
    post:
      operationId: extend
      security: [{ renewing: [] }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
  /audit:
    post:
      operationId: audit
      parameters: [{ name: Authorization, in: header, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
`;

export const BANK_OPENAPI = `
openapi: 3.1.0
info: { title: Bank, version: 1.0.0 }
servers: [{ url: https://bank.invalid }]
components: { securitySchemes: { tls: { type: mutualTLS } } }
paths:
  /deposit:
    post:
      operationId: deposit
      security: [{ tls: [] }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object } } } } }
`;

export const ARAZZO = `
arazzo: 1.1.0
info: { title: Canaries, version: 1.0.0 }
sourceDescriptions:
  - { name: vault, url: ./vault.openapi.yaml, type: openapi, x-interlock: { grace: 1ms, timeouts: 5s } }
  - { name: bank, url: ./bank.openapi.yaml, type: openapi, x-interlock: { grace: 1ms, timeouts: 5s } }
workflows:
  - workflowId: sing
    inputs:
      type: object
      properties:
        user: { type: string }
        password: { type: string, format: password }
        account: { type: string }
        card: { type: object, properties: { number: { type: string, writeOnly: true }, holder: { type: string } } }
    x-interlock: { sensitive: [account], lock: { key: 'account {$inputs.account}' } }
    steps:
      - stepId: login
        operationId: $sourceDescriptions.vault.login
        requestBody: { payload: { user: $inputs.user, password: $inputs.password } }
        outputs: { token: $response.body#/token, user: $response.body#/user }
        x-interlock: { compensate: { none: a session ends by itself } }
      - stepId: order
        operationId: $sourceDescriptions.vault.order
        requestBody: { payload: { card: $inputs.card, account: $inputs.account } }
        outputs: { id: $response.body#/id, receipt: $response.body#/receipt, named: $response.body#/named, filler: $response.body#/filler }
        x-interlock:
          sensitive: [named]
          idempotency: { header: Idempotency-Key }
          compensate:
            operationId: $sourceDescriptions.vault.void
            parameters: [{ name: receipt, in: path, value: $steps.order.outputs.receipt }]
            whenInDoubt: ask
            retry: { attempts: 2, interval: 1ms }
      - stepId: audit
        operationId: $sourceDescriptions.vault.audit
        parameters: [{ name: Authorization, in: header, value: 'Bearer {$steps.login.outputs.token}' }]
        requestBody: { payload: { filler: $steps.order.outputs.filler, named: $steps.order.outputs.named } }
        outputs: { said: $response.body#/said, echoed: '$request.body#/named' }
        x-interlock: { compensate: { none: a trail stays } }
      - stepId: deposit
        operationId: $sourceDescriptions.bank.deposit
        x-interlock: { compensate: { none: it stays } }
      - stepId: stamp
        operationId: $sourceDescriptions.vault.stamp
        x-interlock: { compensate: { none: it stays } }
      - stepId: extend
        operationId: $sourceDescriptions.vault.extend
        x-interlock: { compensate: { none: it stays } }
      - stepId: extend-again
        operationId: $sourceDescriptions.vault.extend
        x-interlock: { compensate: { none: it stays } }
      - stepId: ship
        operationId: $sourceDescriptions.vault.ship
        requestBody: { payload: { filler: $steps.order.outputs.filler, account: $inputs.account } }
        outputs: { parcel: $response.body#/parcel }
        x-interlock: { compensate: { none: it is sent } }
    outputs:
      order: $steps.order.outputs.id
      token: $steps.login.outputs.token
      named: $steps.order.outputs.named
      filler: $steps.order.outputs.filler
      account: $inputs.account
`;

export const FILES: { readonly [path: string]: string } = {
  'workflow.arazzo.yaml': ARAZZO,
  'vault.openapi.yaml': OPENAPI,
  'bank.openapi.yaml': BANK_OPENAPI,
};

export const AUTH: NonNullable<SystemEnvironment['auth']> = {
  key: { env: 'CANARY_KEY' },
  cookie: { env: 'CANARY_COOKIE' },
  query: { env: 'CANARY_QUERY' },
  bearer: { env: 'CANARY_BEARER' },
  basic: { username: 'vault-user', password: { env: 'CANARY_PASSWORD' } },
  client: { clientId: 'client', clientSecret: { env: 'CANARY_CLIENT' } },
  renewing: { clientId: 'client', clientSecret: { env: 'CANARY_CLIENT' }, refreshToken: { env: 'CANARY_REFRESH' } },
  aws: { region: 'eu-central-1', service: 'execute-api' },
};

export const BANK_AUTH: NonNullable<SystemEnvironment['auth']> = {
  tls: {
    cert: { env: 'CANARY_CERTIFICATE' },
    key: { env: 'CANARY_CERTIFICATE_KEY' },
    ca: { env: 'CANARY_AUTHORITY' },
  },
};

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly text: string;
}

export interface SaidBack {
  readonly status: number;
  readonly body: Json;
}

/** `refusing`: the last step is refused, and what undoes the order is, too. */
export class CanarySystems {
  readonly heard: string[] = [];
  private readonly refusing: boolean;

  constructor(refusing: boolean) {
    this.refusing = refusing;
  }

  answer({ method, path, text }: Heard): SaidBack {
    this.heard.push(`${method} ${path} ${text}`);
    const echo = { message: `you said ${text.slice(0, 2_000)}` };
    if (path.startsWith('/token') && text.includes('grant_type=refresh_token')) {
      const { renewed, rotated } = GIVEN;
      return {
        status: 200,
        body: { access_token: renewed, refresh_token: rotated, token_type: 'Bearer', expires_in: 0 },
      };
    }
    if (path.startsWith('/token')) {
      return { status: 200, body: { access_token: GIVEN.access, token_type: 'Bearer', expires_in: 3_600 } };
    }
    if (path.startsWith('/login')) return { status: 200, body: { token: GIVEN.login, user: 'ann', ...echo } };
    if (path.includes('/void')) {
      return this.refusing ? { status: 422, body: { ...echo, undo: GIVEN.undo } } : { status: 200, body: {} };
    }
    if (path.startsWith('/orders')) {
      const { receipt, named } = GIVEN;
      return { status: 200, body: { id: PUBLIC.order, receipt, named, filler: PUBLIC.filler } };
    }
    if (['/deposit', '/stamp', '/extend'].includes(path)) return { status: 200, body: echo };
    if (path.startsWith('/audit')) return { status: 200, body: { said: 'noted' } };
    return this.refusing ? { status: 422, body: echo } : { status: 200, body: { parcel: 'p-1' } };
  }

  /** The secrets that no request has held, in clear or encoded. */
  unheard(secrets: readonly string[]): readonly string[] {
    const all = this.heard.join('\n');
    return secrets.filter((one) => !spellings(one).some((spelling) => all.includes(spelling)));
  }
}

export function allSecrets(): readonly string[] {
  const { card, password, account } = INPUT;
  const number = typeof card === 'object' && card !== null && 'number' in card ? String(card.number) : '';
  const credentials = Object.values(CREDENTIALS).filter((one) => one.includes(MARK));
  return [...credentials, KEY_LINE, String(password), String(account), number, ...Object.values(GIVEN)];
}

/** The names of those secrets that stand in a text or in bytes. */
export function found(where: string | Uint8Array): readonly string[] {
  const text = typeof where === 'string' ? where : Buffer.from(where).toString('latin1');
  return allSecrets().filter((one) => spellings(one).some((spelling) => text.includes(spelling)));
}

/** As it is, as UTF-8 bytes read byte by byte, percent-encoded, and inside a base64 text at each of its three offsets. */
function spellings(one: string): readonly string[] {
  const bytes = Buffer.from(one);
  const inBase64 = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return shifted.slice(Math.ceil((offset * 8) / 6) + (offset > 0 ? 1 : 0), shifted.length - 4);
  });
  return [one, bytes.toString('latin1'), encodeURIComponent(one), ...inBase64].filter((text) => text.length >= 8);
}

import { describe, expect, it } from 'vitest';
import { type EnvironmentResult, readEnvironment } from '../../../lib/check/environment.ts';
import { renderText } from '../../../lib/diagnostics/render-text.ts';
import type { PositionedDocument } from '../../../lib/model/diagnostic.ts';
import type { SecurityScheme } from '../../../lib/model/openapi.ts';
import { positionedFromText } from '../../../lib/read/positioned.ts';

const schemes: ReadonlyMap<string, SecurityScheme> = new Map<string, SecurityScheme>([
  ['key', { type: 'apiKey', in: 'header', name: 'X-Key' }],
  ['bearer', { type: 'http', scheme: 'bearer' }],
  ['login', { type: 'http', scheme: 'Basic' }],
  ['oauth', { type: 'oauth2', flows: {} }],
  ['tls', { type: 'mutualTLS' }],
  ['aws', { type: 'sigv4' }],
]);

function read(text: string): EnvironmentResult & { readonly document: PositionedDocument } {
  const { document } = positionedFromText('environments/local.yaml', text);
  if (!document) throw new Error('The test’s document cannot be read');
  return { document, ...readEnvironment({ name: 'local', document, systems: new Map([['payments', schemes]]) }) };
}

function said(text: string): string[] {
  return read(text).diagnostics.map(({ code, headline }) => `${code} ${headline}`);
}

const payments = (system: string): string => `systems: { payments: { ${system} } }`;

describe('an environment', () => {
  it('says where systems are and how they are called', () => {
    const { environment, diagnostics } = read(`
systems:
  payments:
    server: http://127.0.0.1:4010
    auth:
      key: { env: PAYMENTS_KEY }
      login: { username: me, password: { file: ./password } }
      oauth: { clientId: me, clientSecret: { secret: payments, field: client }, scopes: [pay] }
      tls: { cert: { file: a.pem }, key: { file: b.pem } }
      aws: { region: eu-central-1, service: execute-api }
`);
    expect(diagnostics).toEqual([]);
    expect(environment?.name).toBe('local');
    expect(environment?.systems.get('payments')).toEqual({
      server: 'http://127.0.0.1:4010',
      auth: {
        key: { env: 'PAYMENTS_KEY' },
        login: { username: 'me', password: { file: './password' } },
        oauth: { clientId: 'me', clientSecret: { secret: 'payments', field: 'client' }, scopes: ['pay'] },
        tls: { cert: { file: 'a.pem' }, key: { file: 'b.pem' } },
        aws: { region: 'eu-central-1', service: 'execute-api' },
      },
    });
  });

  it('is none where anything is wrong with it', () => {
    expect(read('systems: { payments: { server: here } }').environment).toBeUndefined();
  });

  it('names unknown systems and schemes, and those that were probably meant', () => {
    const { diagnostics } = read('systems: { paymets: {}, payments: { auth: { kye: { env: A } } } }');
    expect(diagnostics.map(({ code, headline, notes }) => [code, headline, notes[0]?.text])).toEqual([
      ['ENV005', 'System "paymets" is no source description of this integration', 'Did you mean "payments"?'],
      ['ENV006', 'System "payments" has no security scheme "kye"', 'Did you mean "key"?'],
    ]);
  });

  it('names what its schema refuses', () => {
    expect(said('system: {}')).toEqual(['ENV001 The document has an unknown key "system"']);
    expect(said('{}')).toEqual(['ENV002 The document has no `systems`']);
    expect(said(payments('sever: http://a'))).toEqual(['ENV001 System "payments" has an unknown key "sever"']);
    expect(said(payments('server: http://b, servers: [http://a]'))).toEqual([
      'ENV003 `server` of system "payments" does not belong here',
    ]);
    expect(said(payments('server: localhost:80'))).toEqual([
      'ENV003 `server` of system "payments" is "localhost:80", which has the wrong form',
    ]);
    expect(said(payments('auth: { key: { env: A, file: b } }'))).toEqual([
      'ENV003 `auth.key` of system "payments" has both `env` and `file`',
    ]);
    expect(said(payments('auth: { login: { username: me } }'))).toEqual([
      'ENV002 `auth.login` of system "payments" has no `password`',
    ]);
  });

  it('says which form a scheme needs', () => {
    expect(
      read(payments('auth: { key: { username: a, password: { env: B } }, login: { env: A } }')).diagnostics.map(
        ({ headline, fix }) => `${headline}. ${fix}`,
      ),
    ).toEqual([
      'The credential for "key" of system "payments" does not fit the scheme, which is apiKey. Write a reference such as `{env: NAME}`.',
      'The credential for "login" of system "payments" does not fit the scheme, which is http Basic. Write `{username, password}`.',
    ]);
  });

  it.each([
    'auth: { key: hunter2 }',
    'auth: { login: { username: me, password: hunter2 } }',
    'auth: { key: { env: hunter2-is-secret } }',
    'auth: { oauth: { clientId: a, clientSecret: hunter2 } }',
    'auth: { key: { token: hunter2 } }',
    'server: http://me:hunter2@example.com',
  ])('never repeats a secret that is written out: %s', (system) => {
    const { diagnostics, document } = read(payments(system));
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
    expect(renderText(diagnostics, new Map([[document.uri, document]]))).not.toContain('hunter2');
  });
});

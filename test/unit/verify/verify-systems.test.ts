/** Systems that are asked before anything runs: what is called and what is not, and what is made of each answer. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { Tokens } from '../../../lib/runtime/auth/tokens.ts';
import { Failure } from '../../../lib/model/failure.ts';
import type { Checked } from '../../../lib/verify/check.ts';
import { verifySystems } from '../../../lib/verify/verify-systems.ts';
import type { SystemEnvironment } from '../../../lib/model/environment.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { answered, ScriptedHttp } from '../../support/scripted-http.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';
import { flowFiles, undoable } from '../../support/rehearsing.ts';

const MADE = { id: 'thing-1', state: 'made' };
const NONE = { items: [] };

interface Asking {
  readonly http: ScriptedHttp;
  readonly named?: readonly string[];
  readonly environment?: SystemEnvironment;
  /** As the system's document has it, in place of none. */
  readonly security?: boolean;
  readonly edit?: (shop: string) => string;
  readonly connects?: boolean;
}

async function asked(asking: Asking): Promise<Checked> {
  const {
    http,
    named = [],
    environment = {},
    security = false,
    edit = (text: string) => text,
    connects = true,
  } = asking;
  const files = flowFiles({ first: undoable('first'), second: undoable('second') });
  const scheme =
    '"components":{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":"X-Key"}}},"security":[{"key":[]}],"paths"';
  const shop = edit((files['shop.json'] ?? '').replace('"paths"', security ? scheme : '"paths"'));
  const compiled = await compileDescription({
    entry: 'flow.arazzo.json',
    files: memoryFiles({ ...files, 'shop.json': shop }),
  });
  const plan = compiled.workflows[0]?.plan;
  if (!plan) throw new Error(JSON.stringify(compiled.diagnostics));
  const clock = new SteppingClock();
  const ports = {
    clock,
    http,
    environments: { system: () => environment },
    secrets: {
      resolve: (ref: object) =>
        'env' in ref
          ? Promise.resolve('k-1')
          : Promise.reject(new Failure('secret-missing', 'The variable KEY is not set')),
      awsKeys: () => Promise.reject(new Error('none')),
    },
    tokens: new Tokens({ http, clock }),
    connecting: {
      connect: () =>
        Promise.resolve(
          connects ? ({ kind: 'plain', ms: 1 } as const) : ({ kind: 'failed', why: 'nobody listens' } as const),
        ),
    },
  };
  const verifying = {
    workflows: [{ plan, input: { ref: 'r-1' } }],
    named: new Set(named),
    key: 'verify-1',
    warnDays: 21,
    connectTimeoutMs: 100,
  };
  const [system] = await verifySystems(verifying, ports);
  if (!system) throw new Error('there is one system');
  return system;
}

const checkOf = ({ checks }: Checked, name: string): string => {
  const found = checks.find((check) => check.name.startsWith(name));
  return found ? `${found.verdict}: ${found.says}` : '';
};

describe('what verify asks', () => {
  it('calls nothing that changes something', async () => {
    const http = new ScriptedHttp().on('*', answered(200, NONE));
    const system = await asked({ http });
    expect(http.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(checkOf(system, 'first: POST')).toBe('not-checked: it changes something, and was not called');
    expect(checkOf(system, 'first#undo')).toMatch(/^not-checked/);
  });

  it('calls what was named, under a key of its own, and hands its answer to its undo', async () => {
    const http = new ScriptedHttp()
      .on('/first', answered(201, MADE))
      .on('/things', answered(200, { items: [MADE] }))
      .on('/things/thing-1/cancel', answered(200, { state: 'gone' }));
    const system = await asked({ http, named: ['first', 'first#undo'] });
    expect(http.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
      'POST /first',
      'GET /things',
      'GET /things',
      'POST /things/thing-1/cancel',
    ]);
    const keys = [0, 3].map((index) => http.header(index, 'Idempotency-Key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(new URL(http.request(1).url).searchParams.get('key')).toBe(keys[0]);
    expect(checkOf(system, 'first: POST')).toBe(
      'ok: answered 201, as its document says; what it made stands until it is undone',
    );
    expect(checkOf(system, 'first#probe')).toBe('ok: its probe finds what was made');
    // Nothing was made by the second step, and the answer says otherwise.
    expect(checkOf(system, 'second#probe')).toBe('failed: its probe finds an effect of a key that nobody has used');
    expect(checkOf(system, 'first#undo')).toBe('ok: answered 200, as its document says');
  });

  it('does not call a system that is not there', async () => {
    const http = new ScriptedHttp();
    const system = await asked({ http, connects: false, named: ['first'] });
    expect(http.requests).toEqual([]);
    expect(system.checks.map(({ verdict }) => verdict)).toEqual(['failed']);
  });
});

describe('an answer', () => {
  it.each([
    [answered(200, NONE), 'ok: its probe says that nothing was made'],
    [answered(200, { items: [{ id: 'x', state: 'gone' }] }), 'warning: its probe does not say that nothing was made'],
    [answered(200, { items: 'many' }), 'failed: the answer 200 breaks find'],
    [answered(503), 'failed: answered 503'],
    [answered(429), 'warning: answered 429'],
    [answered(418), 'failed: answered 418, which its document does not know'],
    [{ kind: 'no-answer', why: 'timeout' } as const, 'failed: '],
    [{ kind: 'not-sent', why: 'connection-refused' } as const, 'failed: '],
  ])('%#: is held to the document and to what the call wants', async (answer, expected) => {
    const system = await asked({ http: new ScriptedHttp().on('*', answer) });
    expect(checkOf(system, 'first#probe').slice(0, expected.length)).toBe(expected);
  });

  it('that cannot be read is no answer', async () => {
    const torn = { ...answered(200), headers: [['content-type', 'application/json']], body: Buffer.from('{"items"') };
    const system = await asked({ http: new ScriptedHttp().on('*', torn as ReturnType<typeof answered>) });
    expect(checkOf(system, 'first#probe')).toMatch(/^failed: its answer cannot be read/);
  });

  it('that is documented, and not the good one, is a warning that asks for an input', async () => {
    const edit = (shop: string): string =>
      shop.replaceAll('"responses":{"200"', '"responses":{"404":{"description":"None."},"200"');
    const system = await asked({ http: new ScriptedHttp().on('*', answered(404)), edit });
    expect(checkOf(system, 'first#probe')).toMatch(/^warning: answered 404, which is documented/);
  });
});

describe('a credential', () => {
  const withKey: SystemEnvironment = { auth: { key: { env: 'KEY' } } };

  it.each([
    [200, 'ok: accepted: first#probe: GET /things answered 200'],
    [401, 'failed: the credential is not accepted: first#probe: GET /things answered 401'],
    [403, 'failed: the credential may not do this: first#probe: GET /things answered 403'],
  ])('is taken or not by what is answered: %i', async (status, expected) => {
    const http = new ScriptedHttp().on('*', answered(status, NONE));
    const system = await asked({ http, security: true, environment: withKey });
    expect(http.header(0, 'X-Key')).toBe('k-1');
    expect(checkOf(system, 'authentication')).toBe(expected);
  });

  it('that is not there is a failed check, and nothing is called without it', async () => {
    const http = new ScriptedHttp();
    const system = await asked({ http, security: true, environment: { auth: { key: { file: 'nowhere' } } } });
    expect(http.requests).toEqual([]);
    expect(checkOf(system, 'authentication')).toBe('failed: The variable KEY is not set');
  });

  it('that nothing could be called with is at least there', async () => {
    const edit = (shop: string): string => shop;
    const http = new ScriptedHttp().on('*', answered(200, NONE));
    const system = await asked({ http, edit });
    expect(checkOf(system, 'authentication')).toBe('ok: none is asked for');
    expect(JSON.stringify(system)).not.toContain('k-1');
  });
});

/** The onboarding example as somebody runs it: the run API, real servers, a verdict by a signed webhook, a clerk's decision. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../lib/model/json.ts';
import type { RunView } from '../../lib/model/run.ts';
import type { Clock } from '../../lib/model/time.ts';
import { startSystems } from '../../state-machines/customer-onboarding/systems/start.ts';
import { bring } from '../../state-machines/customer-onboarding/systems/webhook.ts';
import type { Serving } from '../../state-machines/order-fulfilment/systems/serving.ts';
import { type Begun, begun, interlock } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

const FOLDER = join(ROOT, 'state-machines/customer-onboarding');
const INPUT: JsonObject = JSON.parse(readFileSync(join(FOLDER, 'input.example.json'), 'utf8'));
const CREDENTIALS: Readonly<Record<string, string | undefined>> = parseEnv(
  readFileSync(join(FOLDER, 'environments/demo.env'), 'utf8'),
);
const given = (name: string): string => CREDENTIALS[`ONBOARDING_DEMO_${name}`] ?? '';

let folder = '';
let systems: Serving;
let server: Begun;
let url = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onboarding-'));
  const clock: Clock = {
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms).unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
  systems = await startSystems({
    clock,
    portBase: 0,
    latencyMs: 0,
    clientId: given('CORE_CLIENT_ID'),
    clientSecret: given('CORE_CLIENT_SECRET'),
    vaultKey: given('VAULT_KEY'),
    identityToken: given('IDENTITY_TOKEN'),
    tell: (verdict) =>
      void bring(verdict, { url: `${url}/webhooks/verdicts/checkCompleted`, secret: given('VERDICT_SECRET'), clock }),
  });
  const servers = Object.entries(systems.servers).flatMap(([name, at]) => ['--server', `${name}=${at}`]);
  const env = Object.fromEntries(Object.entries(CREDENTIALS).map(([name, value]) => [name, value ?? '']));
  server = begun(['dev', FOLDER, '--port', '0', '--json', '--data', folder, ...servers], { env });
  url = (JSON.parse(await server.printing(/\n/)) as { readonly url: string }).url;
}, 60_000);

afterAll(async () => {
  server.stop();
  await server.ended;
  await systems.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function started(input: JsonObject): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ input });
  const response = await fetch(`${url}/workflows/onboard-customer/runs`, { method: 'POST', headers, body });
  return ((await response.json()) as RunView).runId;
}

/** Asked for until it is so. */
async function viewOf(run: string, isSo: (view: RunView) => boolean): Promise<RunView> {
  for (let asked = 0; asked < 5_000; asked += 1) {
    const view = (await (await fetch(`${url}/runs/${run}`)).json()) as RunView;
    if (isSo(view)) return view;
  }
  throw new Error(`the run ${run} does not come to it`);
}

async function standingAt(system: string): Promise<unknown> {
  const state: unknown = await (await fetch(`${systems.servers[system]}/__state`)).json();
  return isObject(state) ? state['standing'] : undefined;
}

describe('onboarding a customer', () => {
  it('leaves nothing behind of somebody whom the provider rejects', { timeout: 120_000 }, async () => {
    const applicant = { name: 'Mallory', email: 'm@example.com', country: 'DE' };
    const run = await started({ ...INPUT, applicationId: 'BR-6666', applicant });
    expect(await viewOf(run, ({ endedAt }) => endedAt !== null)).toMatchObject({ status: 'compensated' });
    for (const system of ['core', 'vault', 'identity']) expect(await standingAt(system)).toEqual([]);
  });

  it('opens the accounts once the verdict came and the clerk agreed', { timeout: 120_000 }, async () => {
    const run = await started(INPUT);
    const view = await viewOf(run, ({ waitsFor }) => waitsFor?.some(({ step }) => step === 'accept') === true);
    expect(view.status).toBe('waiting');
    const said = await interlock(['approve', run, 'accept', '--data', folder, '--input', '{"limit": 500}']);
    expect(said.code, said.error).toBe(0);
    expect(await viewOf(run, ({ endedAt }) => endedAt !== null)).toMatchObject({
      status: 'succeeded',
      outputs: { outcome: 'clear', accountIds: [expect.any(String), expect.any(String)] },
    });
    expect(await standingAt('vault')).toMatchObject([{ kind: 'paper' }, { kind: 'paper' }]);
  });
});

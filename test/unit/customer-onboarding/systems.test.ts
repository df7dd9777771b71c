/** The servers of the onboarding example by their own rules, over real HTTP on loopback: tokens, files, order of undos, verdicts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../state-machines/customer-onboarding/systems/identity.ts';
import { startSystems } from '../../../state-machines/customer-onboarding/systems/start.ts';
import type { Serving } from '../../../state-machines/order-fulfilment/systems/serving.ts';

let systems: Serving;
let token = '';
const told: Verdict[] = [];
const due: (() => void)[] = [];

beforeAll(async () => {
  const clock = {
    now: () => 1_800_000_000_000,
    after: (_: number, callback: () => void) => {
      due.push(callback);
      return { cancel: () => undefined };
    },
  };
  systems = await startSystems({
    clock,
    portBase: 0,
    latencyMs: 0,
    clientId: 'c',
    clientSecret: 's',
    vaultKey: 'k',
    identityToken: 't',
    tell: (verdict) => void told.push(verdict),
  });
  const grant = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'c', client_secret: 's' });
  const response = await fetch(`${systems.servers['core']}/oauth/token`, { method: 'POST', body: grant });
  token = ((await response.json()) as { readonly access_token: string }).access_token;
});
afterAll(() => systems.stop());

async function call(
  system: 'core' | 'vault' | 'identity',
  target: string,
  body?: object,
  key = '',
): Promise<{ readonly status: number; readonly body: unknown }> {
  const [method = '', path = ''] = target.split(' ');
  const headers = {
    Authorization: `Bearer ${system === 'core' ? token : 't'}`,
    'X-Vault-Key': 'k',
    ...(key !== '' && { 'Idempotency-Key': key }),
    ...(body && !(body instanceof FormData) && { 'Content-Type': 'application/json' }),
  };
  const sent = body instanceof FormData ? body : body && JSON.stringify(body);
  const response = await fetch(`${systems.servers[system]}${path}`, { method, headers, ...(sent && { body: sent }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const APPLICANT = { applicationId: 'BR-1000', name: 'Ada', email: 'ada@example.com', country: 'DE' };
const CHECK = { subject: 'cus_000001', country: 'DE', papers: ['pap_000001'] };

describe('the onboarding systems', () => {
  it('open accounts for active customers only, and take back in the reverse order only', async () => {
    expect(await call('core', 'POST /customers', APPLICANT, 'one')).toMatchObject({
      status: 201,
      body: { customerId: 'cus_000001', state: 'prospect' },
    });
    const account = { customerId: 'cus_000001', product: 'current' };
    expect((await call('core', 'POST /accounts', account, 'two')).status).toBe(409);
    const decision = { checkId: 'chk_000001', approvedBy: 'clerk', limit: 500 };
    expect((await call('core', 'POST /customers/cus_000001/activation', decision, 'three')).status).toBe(200);
    expect((await call('core', 'POST /accounts', account, 'four')).body).toMatchObject({ accountId: 'acc_000001' });
    expect((await call('core', 'GET /accounts?idempotencyKey=four')).body).toMatchObject({ accounts: [account] });
    const letter = { accounts: ['acc_000001'] };
    expect((await call('core', 'POST /customers/cus_000001/welcome', letter, 'five')).status).toBe(202);
    expect((await call('core', 'POST /customers/cus_000001/suspension', undefined, 'six')).status).toBe(409);
    expect((await call('core', 'DELETE /accounts/acc_000001')).status).toBe(204);
    expect((await call('core', 'DELETE /customers/cus_000001')).status).toBe(409);
    expect((await call('core', 'POST /customers/cus_000001/suspension', undefined, 'seven')).status).toBe(200);
    expect((await call('core', 'GET /activations?idempotencyKey=three')).body).toEqual({ activations: [] });
    expect((await call('core', 'DELETE /customers/cus_000001')).status).toBe(204);
    expect((await call('core', 'GET /customers?idempotencyKey=one')).body).toEqual({ customers: [] });
  });

  it('keep a file byte by byte, whatever it holds, and refuse a form that is none', async () => {
    const form = new FormData();
    form.set('owner', 'cus_000001');
    form.set('kind', 'passport');
    form.set('file', new Blob([new Uint8Array([0, 13, 10, 45, 45, 128, 255])]), 'scan.png');
    const kept = await call('vault', 'POST /papers', form);
    expect(kept).toMatchObject({ status: 201, body: { paperId: 'pap_000001', kind: 'passport', bytes: 7 } });
    expect((await call('vault', 'DELETE /papers/pap_000001')).status).toBe(204);
    expect((await call('vault', 'DELETE /papers/pap_000001')).status).toBe(404);
    for (const contentType of ['multipart/form-data', 'multipart/form-data; boundary=b']) {
      const headers = { 'X-Vault-Key': 'k', 'Content-Type': contentType };
      const response = await fetch(`${systems.servers['vault']}/papers`, { method: 'POST', headers, body: '--b\r\nx' });
      expect(response.status).toBe(400);
      await response.body?.cancel();
    }
  });

  it.each([
    ['Ada', 'clear'],
    ['Dorian Grey', 'review'],
    ['Mallory', 'rejected'],
  ])('say of %s that it is %s, when the check is over', async (name, outcome) => {
    told.length = 0;
    const begun = await call('identity', 'POST /checks', { ...CHECK, name }, `check of ${name}`);
    expect(begun).toMatchObject({ status: 202, body: { state: 'running' } });
    expect(told).toEqual([]);
    for (const callback of due.splice(0)) callback();
    expect(told).toMatchObject([{ checkId: (begun.body as Verdict).checkId, outcome }]);
  });

  it('say nothing of a check that was withdrawn', async () => {
    told.length = 0;
    const begun = await call('identity', 'POST /checks', { ...CHECK, name: 'Ada' }, 'withdrawn');
    const { checkId } = begun.body as Verdict;
    expect((await call('identity', `POST /checks/${checkId}/withdrawal`)).body).toMatchObject({ state: 'withdrawn' });
    for (const callback of due.splice(0)) callback();
    expect(told).toEqual([]);
    expect((await call('identity', 'GET /checks?idempotencyKey=withdrawn')).body).toEqual({ checks: [] });
  });

  it('let nobody in who does not say who it is', async () => {
    for (const [system, path] of [
      ['core', 'customers'],
      ['vault', 'papers'],
      ['identity', 'checks'],
    ]) {
      const response = await fetch(`${systems.servers[system ?? '']}/${path}?idempotencyKey=k`);
      expect(response.status).toBe(401);
      await response.body?.cancel();
    }
  });
});

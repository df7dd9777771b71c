/** Systems that depend on each other, asked before anything runs: where to look first. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { Tokens } from '../../../lib/runtime/auth/tokens.ts';
import type { Environments } from '../../../lib/runtime/ports/environment.ts';
import type { Checked } from '../../../lib/verify/check.ts';
import { verifySystems } from '../../../lib/verify/verify-systems.ts';
import { SHOP } from '../../support/checking.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { answered, ScriptedHttp } from '../../support/scripted-http.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';

const TEXT = `
arazzo: 1.1.0
info: { title: Systems, version: 1.0.0 }
sourceDescriptions:
  - name: shop
    url: ./shop.yaml
    type: openapi
    x-interlock: { dependsOn: [bank], health: { path: /shop-health } }
  - name: bank
    url: ./bank.yaml
    type: openapi
    x-interlock:
      dependsOn: [vault]
      health: { operationId: getOrder, parameters: [{ name: id, in: path, value: bank }] }
  - { name: vault, url: ./vault.yaml, type: openapi, x-interlock: { health: { path: /vault-health } } }
workflows:
  - workflowId: main
    steps:
      - { stepId: list, operationId: $sourceDescriptions.shop.listOrders }
`;

interface World {
  /** Of the bank's operations, as its document has it. */
  readonly security?: string;
  readonly environments?: Environments;
}

async function checked(http: ScriptedHttp, { security = '', environments }: World = {}): Promise<readonly Checked[]> {
  const { workflows, diagnostics } = await compileDescription({
    entry: 'main.yaml',
    files: memoryFiles({
      'main.yaml': TEXT,
      'shop.yaml': SHOP,
      'bank.yaml': `${security}${SHOP.replace('title: Shop', 'title: Bank')}`,
      'vault.yaml': SHOP.replace('title: Shop', 'title: Vault'),
    }),
  });
  const plan = workflows[0]?.plan;
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  const clock = new SteppingClock();
  const ports = {
    clock,
    http,
    environments: environments ?? { system: () => ({}) },
    secrets: { resolve: () => Promise.resolve(''), awsKeys: () => Promise.reject(new Error('none')) },
    tokens: new Tokens({ http, clock }),
    connecting: { connect: () => Promise.resolve({ kind: 'plain', ms: 1 } as const) },
  };
  const verifying = {
    workflows: [{ plan, input: {} }],
    named: new Set<string>(),
    key: 'verify-1',
    warnDays: 21,
    connectTimeoutMs: 100,
  };
  return await verifySystems(verifying, ports);
}

const saysOf = (all: readonly Checked[], name: string): readonly string[] =>
  all
    .filter((one) => one.name === name)
    .flatMap(({ checks }) => checks)
    .filter((check) => check.name === 'depends on' || check.name === 'health')
    .map(({ verdict, says }) => `${verdict}: ${says}`);

describe('systems that depend on each other', () => {
  it('are all asked, also those that no step calls, and nothing is said where all is well', async () => {
    const http = new ScriptedHttp().on('*', answered(200));
    const all = await checked(http);
    expect(all.map(({ name }) => name)).toEqual(['shop', 'bank', 'vault']);
    expect(http.requests.map(({ url }) => new URL(url).pathname)).toContain('/orders/bank');
    expect(saysOf(all, 'shop')).toEqual(['ok: shop answered with 200', 'ok: bank, vault: nothing is wrong there']);
    expect(saysOf(all, 'vault')).toEqual(['ok: vault answered with 200']);
  });

  it('name the one behind which all is well, whoever is asked', async () => {
    const http = new ScriptedHttp()
      .on('*', answered(200))
      .on('/orders/bank', answered(503))
      .on('/vault-health', answered(503));
    const all = await checked(http);
    expect(saysOf(all, 'shop')).toEqual([
      'ok: shop answered with 200',
      'warning: vault, which it depends on: something is wrong there, and may reach it',
    ]);
    expect(saysOf(all, 'bank')).toEqual([
      'failed: bank answered with 503',
      'failed: vault, which it depends on, is unwell: look there first',
    ]);
    expect(saysOf(all, 'vault')).toEqual(['failed: vault answered with 503']);
  });
});

describe('a system of which only the question after its health needs a credential', () => {
  const security = 'security: [{ key: [] }]\n';
  const authentication = async (http: ScriptedHttp, environments?: Environments): Promise<string | undefined> => {
    const all = await checked(http, { security, ...(environments && { environments }) });
    const check = all.find(({ name }) => name === 'bank')?.checks.find(({ name }) => name === 'authentication');
    return check && `${check.verdict}: ${check.says}`;
  };
  const withKey: Environments = {
    system: (name) => (name === 'bank' ? { auth: { key: { env: 'BANK_KEY' } } } : {}),
  };

  it('has its credential accepted where it answers well', async () => {
    expect(await authentication(new ScriptedHttp().on('*', answered(200)), withKey)).toBe(
      'ok: accepted by the operation that its health is asked by',
    );
  });

  it('fails where the environment has none', async () => {
    expect(await authentication(new ScriptedHttp().on('*', answered(200)))).toContain(
      'failed: The environment has no credential for the scheme key of bank',
    );
  });

  it('is not sure where the answer is a refusal', async () => {
    const http = new ScriptedHttp().on('/orders/bank', answered(403)).on('*', answered(200));
    expect(await authentication(http, withKey)).toMatch(/^not-checked: its health is asked by an operation .*403/);
  });
});

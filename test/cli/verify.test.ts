/** `interlock verify` as a terminal sees it, against the real servers of the example on loopback. */
import { expect, describe, test } from 'vitest';
import { interlock } from '../support/command-line.ts';

const ORDERS = 'state-machines/order-fulfilment';
const DEMO_KEYS = { INVENTORY_KEY: 'x', FRAUD_TOKEN: 'x' };

interface Said {
  readonly ok: boolean;
  readonly environment: string;
  readonly checked: readonly {
    readonly name: string;
    readonly checks: readonly { readonly name: string; readonly verdict: string }[];
  }[];
}

describe('interlock verify', () => {
  test('finds the example well, having changed nothing', async () => {
    const said = await interlock(['verify', ORDERS, '--demo', '--json']);
    expect(said.code, said.error).toBe(0);
    const { ok, environment, checked }: Said = JSON.parse(said.out);
    expect({ ok, environment }).toEqual({ ok: true, environment: 'local' });
    expect(checked.map(({ name }) => name)).toEqual(['inventory', 'payments', 'fraud', 'shipping']);
    const verdicts = checked.flatMap(({ checks }) => checks.map(({ verdict }) => verdict));
    expect(verdicts).not.toContain('failed');
    expect(verdicts).not.toContain('warning');
    expect(verdicts.filter((verdict) => verdict === 'ok').length).toBeGreaterThan(20);
  });

  test('makes and takes back what is named', async () => {
    const said = await interlock([
      'verify',
      ORDERS,
      '--demo',
      '--call',
      'reserve-stock',
      '--call',
      'reserve-stock#undo',
    ]);
    expect(said.code, said.error).toBe(0);
    expect(said.out).toContain('reserve-stock#probe: GET /reservations: its probe finds what was made');
    expect(said.out).toContain('reserve-stock#undo: DELETE /reservations/{reservationId}: answered 204');
    expect(said.out).toMatch(/Verified: 0 warnings, \d+ well, \d+ not checked\.\n$/);
  });

  test('ends with 1 where nobody listens, and says of no credential what it is', async () => {
    const nobody = ['inventory', 'payments', 'fraud', 'shipping'].flatMap((name) => [
      '--server',
      `${name}=http://127.0.0.1:9`,
    ]);
    const said = await interlock(['verify', ORDERS, ...nobody], { env: DEMO_KEYS });
    expect(said.code).toBe(1);
    expect(said.out).toContain('FAILED  reachable: nobody listens there: the connection is refused');
    expect(said.out).toContain('4 checks failed');
  });

  test.each([
    [['--call', 'reserve'], 2, 'There is no step reserve to call'],
    [['--env', 'nowhere'], 2, 'There is no environment nowhere'],
    [['--stack', 'Other'], 2, '--stack is of what is deployed'],
    [['--warn-days', 'soon'], 2, 'soon is no number of days'],
    [['--timeout', '5'], 2, '5 is no duration'],
    [['--input', '{"orderId": 1}'], 1, 'orderId'],
    [['--input', '{'], 2, '--input is not JSON'],
  ])('refuses %j with exit code %i', async (words, code, why) => {
    const said = await interlock(['verify', ORDERS, ...words]);
    expect(said.code).toBe(code);
    expect(said.error).toContain(why);
  });
});

/** The demo systems as functions: several processes, one state, no credential kept. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CallLog, LoggedCall } from '../../../state-machines/order-fulfilment/systems/call-log.ts';
import {
  startFunction,
  type SystemFunction,
  type UrlAnswer,
} from '../../../state-machines/order-fulfilment/systems/function.ts';
import type { SystemName } from '../../../state-machines/order-fulfilment/systems/system.ts';
import { credentials, startOfTime } from './demo.ts';

const KEY = { 'x-api-key': credentials.ORDER_DEMO_INVENTORY_KEY };
const RESERVATION = { orderId: 'ORD-1', lines: [{ sku: 'TBL-3007', quantity: 2 }] };

const running: SystemFunction[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

function memoryLog(): CallLog & { readonly calls: LoggedCall[] } {
  const calls: LoggedCall[] = [];
  return {
    calls,
    from: async (number) => calls.slice(number),
    append: async (number, call) => {
      if (calls.length !== number) return false;
      calls.push(call);
      return true;
    },
  };
}

async function started(log: CallLog, name: SystemName = 'inventory', now = () => startOfTime): Promise<SystemFunction> {
  const one = await startFunction({ name, credentials, log, now });
  running.push(one);
  return one;
}

/** `target` is a method and a path, such as `GET /health`. */
function send(
  one: SystemFunction,
  target: string,
  { headers = KEY, body }: { readonly headers?: Record<string, string>; readonly body?: unknown } = {},
): Promise<UrlAnswer> {
  const [method = '', path = ''] = target.split(' ');
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return one.handle({
    rawPath,
    rawQueryString,
    headers: { ...json, ...headers },
    requestContext: { http: { method } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('a demo system as a function', () => {
  it('has the state that another function of it made', async () => {
    const log = memoryLog();
    const [one, other] = [await started(log), await started(log)];
    const reserved = await send(one, 'POST /reservations', { body: RESERVATION });
    expect(reserved.statusCode).toBe(201);
    const { reservationId } = JSON.parse(reserved.body) as { readonly reservationId: string };
    const seen = await send(other, `GET /reservations/${reservationId}`);
    expect(JSON.parse(seen.body)).toEqual(JSON.parse(reserved.body));
    expect((await send(other, 'POST /reservations', { body: RESERVATION })).statusCode).toBe(409);
    expect((await send(other, `DELETE /reservations/${reservationId}`)).statusCode).toBe(204);
    expect(JSON.parse((await send(one, 'GET /items/TBL-3007')).body)).toMatchObject({ available: 3, reserved: 0 });
  });

  it('has it again when it is started anew, with the times of then', async () => {
    const log = memoryLog();
    const before = await send(await started(log), 'POST /reservations', { body: RESERVATION });
    const later = await started(log, 'inventory', () => startOfTime + 3_600_000);
    const after = await send(later, 'GET /reservations?orderId=ORD-1');
    expect(JSON.parse(after.body)).toEqual({ reservations: [JSON.parse(before.body)] });
  });

  it('knows an idempotency key that another function took', async () => {
    const log = memoryLog();
    const again = { headers: { ...KEY, 'idempotency-key': 'k-1' }, body: RESERVATION };
    const first = await send(await started(log), 'POST /reservations', again);
    const second = await send(await started(log), 'POST /reservations', again);
    expect(second.body).toBe(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('gives calls that come at once one after another, none lost and none done twice', async () => {
    const log = memoryLog();
    const functions = [await started(log), await started(log), await started(log)];
    const body = { orderId: 'ORD-1', lines: [{ sku: 'TBL-3007', quantity: 1 }] };
    const answers = await Promise.all(
      [...functions, ...functions].map((one, i) =>
        send(one, 'POST /reservations', { body: { ...body, orderId: `ORD-${i}` } }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort((one, other) => one - other)).toEqual([
      201, 201, 201, 409, 409, 409,
    ]);
  });

  it('lets nobody in without a credential, and remembers no credential of those it lets in', async () => {
    const log = memoryLog();
    const one = await started(log);
    expect((await send(one, 'POST /reservations', { headers: {}, body: RESERVATION })).statusCode).toBe(401);
    const forged = { 'x-replayed': 'true' };
    expect((await send(one, 'POST /reservations', { headers: forged, body: RESERVATION })).statusCode).toBe(401);
    expect(log.calls).toEqual([]);
    await send(one, 'POST /reservations', { body: RESERVATION });
    expect(JSON.stringify(log.calls)).not.toContain(credentials.ORDER_DEMO_INVENTORY_KEY);
  });

  it('takes the token that another function gave out, until it expires', async () => {
    const log = memoryLog();
    let now = startOfTime;
    const [one, other] = [await started(log, 'payments', () => now), await started(log, 'payments', () => now)];
    const login = `${credentials.ORDER_DEMO_PAYMENTS_CLIENT_ID}:${credentials.ORDER_DEMO_PAYMENTS_CLIENT_SECRET}`;
    const given = await one.handle({
      rawPath: '/oauth/token',
      rawQueryString: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${btoa(login)}` },
      requestContext: { http: { method: 'POST' } },
      body: Buffer.from('grant_type=client_credentials').toString('base64'),
      isBase64Encoded: true,
    });
    const { access_token } = JSON.parse(given.body) as { readonly access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await send(other, 'GET /captures?orderReference=ORD-1', { headers })).statusCode).toBe(200);
    now += 300_000;
    expect((await send(other, 'GET /captures?orderReference=ORD-1', { headers })).statusCode).toBe(401);
  });

  it('has no back door', async () => {
    expect((await send(await started(memoryLog()), 'GET /__state')).statusCode).toBe(404);
  });
});

/** The operator's commands over the order example: the real binary, real servers on loopback, one data folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/model/run.ts';
import { interlock, interlockHere } from '../support/command-line.ts';
import { EXAMPLE, lettersIn, openShop, type Shop, UNDELIVERABLE, viewIn } from '../support/order-shop.ts';
import { ROOT } from '../support/source-tree.ts';

const TIMEOUT = 120_000;
const ME = userInfo().username;
/** After an order that went well. */
const ALL = ['authorisation', 'capture', 'notification', 'reservation', 'shipment'];

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => await shop[Symbol.asyncDispose]());

const ajv = new Ajv2020.default({ strict: false });
const isRunView = ajv.compile(
  JSON.parse(readFileSync(join(ROOT, 'schemas', 'run-view.schema.json'), 'utf8')) as object,
);

function schemaFaults(view: RunView): unknown {
  isRunView(view);
  return isRunView.errors ?? [];
}

function statuses({ steps }: RunView): { readonly [step: string]: string } {
  return Object.fromEntries(steps.map(({ path, status }) => [path, status]));
}

/** An order that cannot be delivered, which shows only when it is paid for. */
async function undeliverable(id: string, ...more: readonly string[]) {
  return await shop.interlock('run', EXAMPLE, '-i', UNDELIVERABLE, '--id', id, ...shop.servers, ...more);
}

/** The same, and its refund is refused. */
async function stuck(id: string) {
  await shop.fault('payments', { operation: 'refundCapture', answer: 409, times: 1_000 });
  return await undeliverable(id, '--json');
}

/** As an operator would, at the system itself. */
async function refundByHand(): Promise<void> {
  await shop.well('payments');
  const { body } = await shop.demo.send('payments', 'GET /__state');
  const { captures } = body['records'] as {
    readonly captures: readonly { readonly captureId: string; readonly amount: object }[];
  };
  const [capture] = captures;
  const sent = { body: { amount: capture?.amount, reason: 'requested_by_customer' } };
  const headers = { 'Idempotency-Key': 'by-hand' };
  const { status } = await shop.demo.send('payments', `POST /captures/${capture?.captureId}/refunds`, {
    ...sent,
    headers,
  });
  expect(status).toBe(201);
}

describe('a run that fails', () => {
  it('ends compensated, with the time of each undo, and the systems are empty again', {
    timeout: TIMEOUT,
  }, async () => {
    const said = await undeliverable('order-1', '--json');
    expect([said.code, said.error]).toEqual([1, '']);
    const view = viewIn(said);
    expect(schemaFaults(view)).toEqual([]);
    expect(view.status).toBe('compensated');
    expect(statuses(view)).toEqual({
      'reserve-stock': 'undone',
      'authorise-payment': 'undone',
      'check-fraud': 'applied',
      'quote-shipping': 'applied',
      'capture-payment': 'undone',
      'create-shipment': 'refused',
    });
    const undos = view.steps.filter(({ status }) => status === 'undone').map(({ undo }) => undo);
    for (const undo of undos)
      expect(undo).toMatchObject({ status: 'undone', attempts: 1, endedAt: expect.stringMatching(/Z$/) });
    expect(await shop.standing()).toEqual([]);
  });

  it('says what to run next, on its last line, with the data folder', { timeout: TIMEOUT }, async () => {
    const { out, error } = await undeliverable('order-1');
    expect(error).toMatch(/undo of capture-payment done in \d+/);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^Next: interlock retry order-1 --data \S+ runs it again/);
  });
});

describe('a refund that always fails', () => {
  it('needs attention, with a dead letter, until somebody resolves it', { timeout: TIMEOUT }, async () => {
    const said = await stuck('order-1');
    expect(said.code).toBe(1);
    const view = viewIn(said);
    expect(schemaFaults(view)).toEqual([]);
    expect([view.status, view.reason]).toEqual(['needs-attention', 'undo-failed']);
    expect(statuses(view)).toMatchObject({ 'capture-payment': 'undo-failed', 'reserve-stock': 'blocked' });
    expect(view.attention?.stands.map(({ step, fate }) => [step, fate])).toEqual([
      ['reserve-stock', 'blocked'],
      ['authorise-payment', 'blocked'],
      ['capture-payment', 'undo-failed'],
    ]);
    const [letter, ...others] = lettersIn(await shop.interlock('queue', '--json'));
    expect([letter?.run, letter?.state, others]).toEqual(['order-1', 'open', []]);

    const told = await shop.interlock('runs', 'show', 'order');
    expect(told.out).toContain('dead letter ' + letter?.id);
    expect(told.out).toContain('interlock resolve order-1 capture-payment undone --note "..."');
    const shown = await shop.interlock('queue', 'show', letter?.id.slice(0, 8) ?? '');
    expect(shown.out).toContain('open: its run needs an operator');

    await refundByHand();
    const resolved = await shop.interlock(
      'resolve',
      'order-1',
      'capture-payment',
      'undone',
      '--note',
      'refunded by hand',
      '--json',
    );
    expect([resolved.code, viewIn(resolved).status]).toEqual([0, 'compensated']);
    expect(await shop.standing()).toEqual([]);
    expect(lettersIn(await shop.interlock('queue', '--json')).map(({ state }) => state)).toEqual(['settled']);
    const detail = viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'));
    expect(schemaFaults(detail)).toEqual([]);
    expect(detail.audit?.filter(({ what }) => what === 'action')).toMatchObject([
      { by: ME, result: 'resolved', step: 'capture-payment', note: 'refunded by hand', detail: { as: 'undone' } },
      { by: 'interlock', result: 'undo-asked' },
    ]);
    expect(detail.deadLetters).toMatchObject([{ id: letter?.id, state: 'settled' }]);
  });

  it('is tried until its attempts are used up where its answers say nothing, and undone when that helps', {
    timeout: TIMEOUT,
  }, async () => {
    await shop.fault('payments', { operation: 'refundCapture', answer: 500, times: 1_000 });
    const said = await undeliverable('order-1');
    expect(said.error).toMatch(/undo of capture-payment is tried again in [\d.]+ m?s: payments answered 500/);
    expect(said.out).toMatch(/Next: interlock undo order-1 .*tries again what failed/);
    await shop.well('payments');
    const undone = await shop.interlock('undo', 'order-1', '--json');
    expect([undone.code, viewIn(undone).status]).toEqual([0, 'compensated']);
    expect(await shop.standing()).toEqual([]);
  });

  it('is tried again by redrive, which keeps the letter until that helps', { timeout: TIMEOUT }, async () => {
    await stuck('order-1');
    const [letter] = lettersIn(await shop.interlock('queue', '--json'));
    const id = letter?.id ?? '';
    const before = await shop.interlock('queue', 'redrive', id);
    expect([before.code, before.out.includes('What is left of it')]).toEqual([1, true]);
    expect(before.error).toContain('undo of capture-payment failed: payments answered 409');
    const queued = lettersIn(await shop.interlock('queue', '--json'));
    expect(queued.map(({ state }) => state)).toEqual(['open', 'superseded']);
    await shop.well('payments');
    const after = await shop.interlock('queue', 'redrive', id, '--note', 'refunds work again', '--json');
    expect([after.code, viewIn(after).status]).toEqual([0, 'compensated']);
    expect(lettersIn(await shop.interlock('queue', '--json'))).toEqual([]);
    expect(await shop.standing()).toEqual([]);
    const { audit = [] } = viewIn(await shop.interlock('runs', 'order-1', '--json'));
    expect(audit.filter(({ result }) => result === 'redriven')).toMatchObject([
      { by: ME },
      { by: ME, note: 'refunds work again' },
    ]);
    expect(audit.filter(({ of, step }) => of === 'undo' && step === 'capture-payment')).toHaveLength(3);
  });

  it('leaves its effects where they are when the letter is discarded, and the run keeps the note', {
    timeout: TIMEOUT,
  }, async () => {
    await stuck('order-1');
    const [letter] = lettersIn(await shop.interlock('queue', '--json'));
    const id = letter?.id ?? '';
    expect((await shop.interlock('queue', 'discard', id)).code).toBe(2);
    expect((await shop.interlock('queue', 'discard', id, '--note', 'the bank sees to it')).code).toBe(0);
    expect((await shop.interlock('queue')).out).toBe('No dead letters: no run has needed an operator here.\n');
    const { status, audit = [] } = viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'));
    expect(status).toBe('needs-attention');
    expect(audit.find(({ result }) => result === 'discarded')).toMatchObject({ by: ME, note: 'the bank sees to it' });
    expect((await shop.standing()).length).toBe(3);
  });
});

describe('a run under way', () => {
  it('is cancelled from another terminal: what is under way is waited for, what stands is undone', {
    timeout: TIMEOUT,
  }, async () => {
    await shop.fault('payments', { operation: 'authorisePayment', answerAfterMs: 60_000 });
    const input = `@${join(EXAMPLE, 'input.example.json')}`;
    const running = shop.begun('run', EXAMPLE, '-i', input, '--id', 'order-1', '--json', ...shop.servers);
    await shop.demo.clock.awaited();
    const cancelling = shop.begun('cancel', 'order-1', '--note', 'the customer called');
    await cancelling.saying(/no new step begins: Interlock.Cancelled/);
    shop.demo.clock.advance(60_000);
    const [ran, cancelled] = await Promise.all([running.ended, cancelling.ended]);
    expect([ran.code, viewIn(ran).status]).toEqual([1, 'compensated']);
    expect(viewIn(ran).error?.message).toBe(`${ME} cancelled the run: the customer called`);
    expect(cancelled.code).toBe(0);
    expect(cancelled.error).toMatch(/undo of authorise-payment done/);
    expect(cancelled.out).toContain('place-order compensated');
    expect(await shop.standing()).toEqual([]);
  });
});

describe('a retry', () => {
  it('with a corrected input succeeds, and every effect stands exactly once', { timeout: TIMEOUT }, async () => {
    await undeliverable('order-1');
    const said = await shop.interlock(
      'retry',
      'order',
      '--input',
      `@${shop.corrected()}`,
      '--note',
      'asked for the address',
      '--json',
    );
    expect([said.code, viewIn(said).status, viewIn(said).epoch]).toEqual([0, 'succeeded', 2]);
    expect([...(await shop.standing())].sort()).toEqual(ALL);
    const { audit = [] } = viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'));
    expect(audit.find(({ result }) => result === 'retried')).toMatchObject({
      by: ME,
      note: 'asked for the address',
      detail: { epoch: 2, corrected: { input: true, description: false }, ended: { status: 'compensated' } },
    });
  });

  it('with a corrected description goes by it', { timeout: TIMEOUT }, async () => {
    const broken = shop.changed("$response.body#/decision == 'approve'", "$response.body#/decision == 'aprove'");
    const input = ['-i', `@${join(EXAMPLE, 'input.example.json')}`];
    const ran = await shop.interlock('run', broken, ...input, '--id', 'order-1', '--json', ...shop.servers);
    expect(viewIn(ran).status).toBe('compensated');
    const said = await shop.interlock('retry', 'order-1', '--description', EXAMPLE, '--json');
    expect([said.code, viewIn(said).status]).toEqual([0, 'succeeded']);
    expect(viewIn(said).planHash).not.toBe(viewIn(ran).planHash);
    expect([...(await shop.standing())].sort()).toEqual(ALL);
  });

  it('passes a step that was skipped', { timeout: TIMEOUT }, async () => {
    await shop.fault('shipping', { operation: 'notifyRecipient', answer: 422 });
    const input = ['-i', `@${join(EXAMPLE, 'input.example.json')}`];
    const ran = await shop.interlock('run', EXAMPLE, ...input, '--id', 'order-1', '--json', ...shop.servers);
    expect(viewIn(ran).status).toBe('compensated');
    const skipped = await shop.interlock('skip', 'order-1', 'notify-customer', '--note', 'told them on the phone');
    expect([skipped.code, skipped.out.includes('interlock retry order-1')]).toEqual([0, true]);
    const said = await shop.interlock('retry', 'order-1', '--json');
    expect([said.code, statuses(viewIn(said))['notify-customer']]).toEqual([0, 'skipped']);
    expect([...(await shop.standing())].sort()).toEqual(ALL.filter((kind) => kind !== 'notification'));
  });
});

describe('a run that holds', () => {
  it('keeps what stands, and undoes it when it is told to', { timeout: TIMEOUT }, async () => {
    const holding = shop.changed('      parallel: true\n', '      parallel: true\n      onFailure: hold\n');
    const ran = await shop.interlock('run', holding, '-i', UNDELIVERABLE, '--id', 'order-1', ...shop.servers);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/capture-payment stands at payments \(capturePayment\), held/);
    expect(ran.out.trimEnd().split('\n').at(-1)).toMatch(
      /^Next: interlock undo order-1 .* undoes what it holds; interlock retry/,
    );
    expect([...(await shop.standing())].sort()).toEqual(['authorisation', 'capture', 'reservation']);
    const undone = await shop.interlock('undo', 'order-1', '--json');
    expect([undone.code, viewIn(undone).status]).toEqual([0, 'compensated']);
    expect(await shop.standing()).toEqual([]);
  });
});

describe('what cannot be done', () => {
  const bad: readonly (readonly [words: string, code: number, says: string])[] = [
    ['cancel', 2, 'cancel takes RUN, not 0 operands'],
    ['cancel nobody', 2, 'There is no run nobody in this data folder'],
    ['cancel order', 2, 'order is the beginning of several runs: order-1, order-2'],
    ['cancel order-1', 1, 'The run order-1 is over: compensated'],
    ['undo order-1', 1, 'The run order-1 is over: compensated'],
    ['resolve order-1 capture-payment', 2, 'resolve takes RUN STEP undone|applied|ignore, not 2 operands'],
    ['resolve order-1 capture-payment undome --note x', 2, 'undome says nothing of an effect'],
    ['resolve order-1 capture-payment undone', 2, 'resolve needs a --note'],
    ['resolve order-1 capture-payment undone --note x --visit none', 2, '--visit none is no number from 1 on'],
    ['resolve order-1 capture-payment undone --note x', 1, 'The run order-1 is over: compensated'],
    ['skip order-1 nothing', 2, 'The workflow of run order-1 has no step nothing'],
    ['retry order-1 --input {', 2, '--input is not JSON'],
    ['retry order-1 --description nowhere', 2, 'There is no file or folder nowhere'],
    ['runs show', 2, 'runs show needs a run'],
    ['runs hide order-1', 2, 'runs does not hide'],
    ['runs show order-', 2, 'order- is the beginning of several runs: order-1, order-2'],
    ['queue burn x', 2, 'queue does not burn'],
    ['queue show', 2, "queue show needs a letter's id"],
    ['queue list x', 2, 'queue list takes no operand'],
    ['queue redrive x', 2, 'There is no dead letter x'],
    ['queue discard x', 2, 'queue discard needs a --note'],
    ['queue --limit 0', 2, '--limit 0 is no number from 1 to 1000'],
    ['undo order-1 --bogus', 2, "Unknown option '--bogus'"],
  ];

  it('is said in one sentence with the right code, and changes nothing', { timeout: TIMEOUT }, async () => {
    await undeliverable('order-1');
    await undeliverable('order-2');
    const before = viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'));
    for (const [words, code, says] of bad) {
      const said = await interlockHere([...words.split(' '), '--data', join(shop.folder, 'data')]);
      expect([words, said.code, said.out]).toEqual([words, code, '']);
      expect(said.error).toContain(says);
      expect(said.error).not.toMatch(/^ +at .*\.ts:/m);
    }
    expect(viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'))).toEqual(before);
  });

  it('fails with 3 where the run cannot call its systems for want of a credential, and nothing is begun', {
    timeout: TIMEOUT,
  }, async () => {
    await stuck('order-1');
    const folder = join(shop.folder, 'data');
    const said = await interlock(['undo', 'order-1', '--data', folder]);
    expect(said.code).toBe(3);
    expect(said.error).toContain('ORDER_DEMO_PAYMENTS_CLIENT_ID (payments)');
    const { audit = [] } = viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'));
    expect(audit.filter(({ what }) => what === 'action')).toEqual([]);
  });

  it('fails with 1 on a corrected input that breaks its schema, and names each member', {
    timeout: TIMEOUT,
  }, async () => {
    await undeliverable('order-1');
    const said = await shop.interlock('retry', 'order-1', '--input', '{"orderId": 5}');
    expect([said.code, said.out]).toEqual([1, '']);
    expect(said.error).toContain('/orderId must be string, got 5');
    const json = await shop.interlock('retry', 'order-1', '--input', '{"orderId": 5}', '--json');
    expect([json.code, (JSON.parse(json.out) as { readonly status: string }).status]).toEqual([1, 'refused']);
    expect(viewIn(await shop.interlock('runs', 'show', 'order-1', '--json'))).toMatchObject({
      epoch: 1,
      status: 'compensated',
    });
  });

  it('fails with 1 on a corrected description with errors, which it shows', { timeout: TIMEOUT }, async () => {
    await undeliverable('order-1');
    const file = join(shop.changed('dependsOn: [reserve-stock]', 'dependsOn: [reserve-stok]'), 'workflow.arazzo.yaml');
    const said = await shop.interlock('retry', 'order-1', '--description', file);
    expect(said.code).toBe(1);
    expect(said.error).toContain('reserve-stok');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('workflowId: place-order', 'workflowId: other'));
    expect((await shop.interlock('retry', 'order-1', '--description', file)).code).toBe(2);
  });
});

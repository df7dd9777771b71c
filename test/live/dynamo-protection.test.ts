import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoCallbacks } from '../../lib/aws/callbacks.ts';
import { DynamoBreakers } from '../../lib/aws/breakers.ts';
import { DynamoPermits, DynamoRates } from '../../lib/aws/limits.ts';
import { DynamoLocks } from '../../lib/aws/locks.ts';
import { DynamoMailboxes } from '../../lib/aws/mailboxes.ts';
import { dynamoClient } from '../../lib/aws/run-table.ts';
import { DynamoSharedValues } from '../../lib/aws/shared-values.ts';
import { SharedTable } from '../../lib/aws/shared-table.ts';
import { Failure } from '../../lib/model/failure.ts';
import { MAX_IN_LINE } from '../../lib/runtime/ports/locks.ts';
import { callbacksContract } from '../contract/callbacks.ts';
import { mailboxesContract } from '../contract/mailboxes.ts';
import { locksContract } from '../contract/locks.ts';
import { protectionContract } from '../contract/protection.ts';
import { sharedValuesContract } from '../contract/shared-values.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';

protectionContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  const table = new SharedTable({ name: emulator.table, client: emulator.client });
  return {
    breakers: new DynamoBreakers(table),
    rates: new DynamoRates(table),
    permits: new DynamoPermits(table),
    close: () => emulator.stop(),
  };
});

callbacksContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  const table = new SharedTable({ name: emulator.table, client: emulator.client });
  return { callbacks: new DynamoCallbacks(table), close: () => emulator.stop() };
});

mailboxesContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  const table = new SharedTable({ name: emulator.table, client: emulator.client });
  return { mailboxes: new DynamoMailboxes(table), close: () => emulator.stop() };
});

locksContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  const table = new SharedTable({ name: emulator.table, client: emulator.client });
  return {
    locks: new DynamoLocks(table, 'here'),
    elsewhere: new DynamoLocks(table, 'there'),
    close: () => emulator.stop(),
  };
});

sharedValuesContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  const table = new SharedTable({ name: emulator.table, client: emulator.client });
  return {
    values: new DynamoSharedValues(table, 'here'),
    elsewhere: new DynamoSharedValues(table, 'there'),
    close: () => emulator.stop(),
  };
});

describe('what runs share over DynamoDB, beyond the contract', () => {
  let emulator: DynamoEmulator;
  let table: SharedTable;
  beforeAll(async () => {
    emulator = await dynamoEmulator();
    table = new SharedTable({ name: emulator.table, client: emulator.client });
  });
  afterAll(() => emulator.stop());

  it('refuses a line that is as long as it may get', async () => {
    const locks = new DynamoLocks(table, 'here');
    const ask = { key: 'full', epoch: 1, at: 1_000 };
    await locks.acquire({ ...ask, run: 'run-0' });
    const { Items = [] } = await emulator.client.send(new ScanCommand({ TableName: emulator.table }));
    const queue = Array.from({ length: MAX_IN_LINE }, (_, index) => ({ S: `run-${index}` }));
    await emulator.client.send(
      new UpdateItemCommand({
        TableName: emulator.table,
        Key: { pk: Items[0]?.['pk'] ?? { S: '' }, sk: { S: 'H' } },
        UpdateExpression: 'SET #q = :queue',
        ExpressionAttributeNames: { '#q': 'queue' },
        ExpressionAttributeValues: { ':queue': { L: queue } },
      }),
    );
    const owner = { run: 'run-0', epoch: 1, since: 1_000 };
    expect(await locks.acquire({ ...ask, run: 'one-more' })).toEqual({ kind: 'full', owner });
  });

  it('lets an item be forgotten only while nobody needs it', async () => {
    const locks = new DynamoLocks(table, 'here');
    const place = { run: 'a', epoch: 1 };
    await locks.acquire({ ...place, key: 'ttl', at: 1_000 });
    expect(await expiring('L#')).toBe(0);
    await locks.release('ttl', place, 2_000);
    expect(await expiring('L#')).toBe(1);
    await locks.acquire({ ...place, key: 'ttl', at: 3_000 });
    expect(await expiring('L#')).toBe(0);
  });

  it('fails as the world does, and soon, when there is no store', async () => {
    const nowhere = dynamoClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'local',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const breakers = new DynamoBreakers(new SharedTable({ name: 'runs', client: nowhere }));
    await expect(breakers.read('payments')).rejects.toThrow(Failure);
  });

  async function expiring(prefix: string): Promise<number> {
    const { Items = [] } = await emulator.client.send(new ScanCommand({ TableName: emulator.table }));
    return Items.filter((item) => item['pk']?.S?.startsWith(prefix) && item['expires']).length;
  }
});

import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoggedCall, TableCallLog } from '../../state-machines/order-fulfilment/systems/call-log.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';

const TABLE = 'calls';
const CALL: LoggedCall = {
  at: 1,
  method: 'POST',
  path: '/reservations?x=1',
  headers: { 'idempotency-key': 'k' },
  body: '{}',
};

let emulator: DynamoEmulator;

beforeAll(async () => {
  emulator = await dynamoEmulator();
  await emulator.client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'system', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'system', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
    }),
  );
});

afterAll(() => emulator.stop());

describe("a demo system's log of calls in a table", () => {
  it('gives a number once, and the calls in their order from any number on', async () => {
    const log = new TableCallLog({ client: emulator.client, table: TABLE, system: 'inventory' });
    const other = new TableCallLog({ client: emulator.client, table: TABLE, system: 'fraud' });
    const taken = await Promise.all([log.append(0, CALL), log.append(0, { ...CALL, at: 2 })]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    for (let number = 1; number < 12; number += 1) expect(await log.append(number, { ...CALL, at: number })).toBe(true);
    expect((await log.from(1)).map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await log.from(12)).toEqual([]);
    expect(await other.from(0)).toEqual([]);
  });
});

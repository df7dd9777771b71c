import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { DynamoJournal } from '../../lib/aws/journal.ts';
import { dynamoClient, RunTable } from '../../lib/aws/run-table.ts';
import { Failure } from '../../lib/model/failure.ts';
import { journalContract } from '../contract/journal.ts';
import {
  applied,
  compensating,
  entry,
  group,
  opened,
  OWNER,
  recordOf,
  RESERVE,
  SHARD,
  start,
  undo,
  verdict,
  WORKFLOW_IDS,
} from '../contract/journal-cases.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';
import { countWrites, loseFirstAnswers, RETRY_AT_ONCE } from '../support/dynamo-network.ts';

journalContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  return { journal: journalOver(emulator), writes: countWrites(emulator.client), close: () => emulator.stop() };
});

journalContract('DynamoDB and a network that loses the first answer to every request', async () => {
  const emulator = await dynamoEmulator({ retryStrategy: RETRY_AT_ONCE });
  const lost = loseFirstAnswers(emulator.client);
  return {
    journal: journalOver(emulator),
    writes: countWrites(emulator.client),
    async close() {
      expect(lost()).toBeGreaterThan(100);
      await emulator.stop();
    },
  };
});

describe('the journal over DynamoDB, beyond the contract', () => {
  let emulator: DynamoEmulator;
  let journal: DynamoJournal;
  beforeAll(async () => {
    emulator = await dynamoEmulator();
    journal = journalOver(emulator);
  });
  afterAll(() => emulator.stop());

  it('finds open runs by when to look at them, and no ended ones', async () => {
    const wakes = (): Promise<readonly unknown[]> => openRuns(emulator);
    await compensating(journal, 'x1');
    expect(await wakes()).toEqual([{ pk: 'R#x1', phase: 'compensating', wake: 3_000 }]);
    await journal.finish('x1', { epoch: 1, owner: OWNER, at: 4_000, phase: 'needs-attention', reason: 'held' });
    expect(await wakes()).toEqual([]);
    await journal.resume('x1', 1);
    expect(await wakes()).toEqual([{ pk: 'R#x1', phase: 'compensating', wake: 0 }]);
    await journal.compensate('x1', { epoch: 1, owner: OWNER, at: 5_000, leaseUntil: 6_000 });
    await journal.finish('x1', { epoch: 1, owner: OWNER, at: 5_500, phase: 'failed' });
    expect(await wakes()).toEqual([]);
    await journal.reopen('x1', { epoch: 2, deadline: 50_000, planHash: 'plan-2' });
    expect(await wakes()).toEqual([{ pk: 'R#x1', phase: 'forward', wake: 50_000 }]);
    await journal.close('x1', { epoch: 2, at: 20_000, outputs: {} });
    expect(await wakes()).toEqual([]);
  });

  it('reads what a record holds in one query, without inputs and audit, and the input in another', async () => {
    await compensating(journal, 'x2');
    await journal.apply('x2', applied());
    await journal.intendUndo('x2', undo(), { owner: OWNER });
    await journal.audit('x2', entry());
    const queries: QueryCommandInput[] = [];
    const counted = { ...emulator, client: watched(emulator.client, queries) };
    expect(await journalOver(counted).record('x2')).toMatchObject({ applied: [applied()], undos: [undo()] });
    expect(await journalOver(counted).input('x2')).toEqual(start('x2').input);
    const found = await Promise.all(queries.map(async (query) => await sortKeys(emulator, query)));
    expect(found).toEqual([
      ['H', 'S#reserve.1.0', 'U#reserve.1.0#0'],
      ['G#digest-1', 'H'],
    ]);
  });

  it('reads shards in one query more, each header before its groups, and asks for none where none was opened', async () => {
    await opened(journal, 'x4');
    await journal.openShard('x4', { ...SHARD, batch: 1 }, { epoch: 1, at: 1_100 });
    const second = group({ group: 1, nonce: 'group-1' });
    await journal.intendGroup('x4', group());
    await journal.recordGroup('x4', recordOf());
    await journal.intendGroup('x4', second, group());
    await journal.recordGroup('x4', recordOf(second));
    const queries: QueryCommandInput[] = [];
    const counted = journalOver({ ...emulator, client: watched(emulator.client, queries) });
    expect((await counted.record('x4'))?.shards).toHaveLength(2);
    expect((await counted.shard('x4', SHARD)).groups).toHaveLength(2);
    const found = await Promise.all(queries.map(async (query) => await sortKeys(emulator, query)));
    const rows = ['F#charge.1.0#H', 'F#charge.1.0#S00000001.00000000', 'F#charge.1.0#S00000001.00000001'];
    expect(found).toEqual([['H'], rows, rows]);
    queries.length = 0;
    await compensating(journal, 'x5');
    await counted.record('x5');
    expect(queries).toHaveLength(1);
  });

  it('repeats a write that meets a transaction, and gives up in the end', async () => {
    const met = new TransactionConflictException({ message: 'a transaction is under way', $metadata: {} });
    const cancelled = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    await compensating(journal, 'x3');
    const twice = journalMeeting(emulator, [met, cancelled, met]);
    expect(await twice.journal.apply('x3', applied())).toEqual({ kind: 'recorded' });
    expect(twice.pauses).toHaveLength(3);
    const key = { step: 'pay', visit: 1, gen: 0 };
    const again = journalMeeting(emulator, [cancelled, cancelled]);
    expect(await again.journal.decide('x3', verdict({ key }), OWNER)).toEqual({ kind: 'recorded' });
    const never = journalMeeting(
      emulator,
      Array.from({ length: 99 }, () => cancelled),
    );
    await expect(never.journal.decide('x3', verdict({ key }), OWNER)).rejects.toThrow(Failure);
    expect(never.pauses).toHaveLength(9);
    expect(Math.max(...never.pauses)).toBeLessThanOrEqual(500);
  });

  it('reads a record of many pages whole', async () => {
    await journal.start({ ...start('r4'), deadline: 9_000_000 });
    const outputs = { text: 'x'.repeat(100_000) };
    for (let visit = 1; visit <= 25; visit += 1)
      await journal.apply('r4', applied({ outputs, key: { ...RESERVE, visit } }));
    expect((await journal.record('r4'))?.applied).toHaveLength(25);
  });

  it('fails as the world does when there is no store', async () => {
    const nowhere = dynamoClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'local',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const lost = new DynamoJournal({
      table: new RunTable({ name: 'runs', client: nowhere }),
      workflowIds: async () => [],
    });
    await expect(lost.header('r1')).rejects.toThrow(Failure);
    await expect(lost.header('r1')).rejects.toThrow(/run table could not be used/);
  });
});

function journalOver({ client, table }: DynamoEmulator): DynamoJournal {
  return new DynamoJournal({ table: new RunTable({ name: table, client }), workflowIds: async () => WORKFLOW_IDS });
}

/** Of all shards, but for a deadline that is far away. */
async function openRuns({ client, table }: DynamoEmulator): Promise<readonly unknown[]> {
  const shards = Array.from({ length: 8 }, (_, shard) => String(shard));
  const query = (shard: string): QueryCommand =>
    new QueryCommand({
      TableName: table,
      IndexName: 'open-by-wake',
      KeyConditionExpression: '#open = :open AND wake < :later',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':open': { N: shard }, ':later': { N: '1000000' } },
    });
  const pages = await Promise.all(shards.map((shard) => client.send(query(shard))));
  return pages
    .flatMap(({ Items }) => Items ?? [])
    .map((item) => ({ pk: item['pk']?.S, phase: item['phase']?.S, wake: Number(item['wake']?.N) }))
    .filter(({ pk }) => pk === 'R#x1');
}

function watched(client: DynamoDBClient, queries: QueryCommandInput[]): DynamoDBClient {
  const send = (command: { readonly input: QueryCommandInput }): unknown => {
    queries.push(command.input);
    return client.send(new QueryCommand(command.input));
  };
  return Object.assign(Object.create(client) as DynamoDBClient, { send });
}

async function sortKeys({ client }: DynamoEmulator, query: QueryCommandInput): Promise<readonly unknown[]> {
  const { Items } = await client.send(new QueryCommand(query));
  return (Items ?? []).map((item) => item['sk']?.S);
}

/** A journal whose writes fail with these before they are carried out. */
function journalMeeting(
  { client, table: name }: DynamoEmulator,
  failures: Error[],
): { readonly journal: DynamoJournal; readonly pauses: readonly number[] } {
  const pauses: number[] = [];
  const send = async (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
    const failure = failures.shift();
    if (failure) throw failure;
    return await client.send(command);
  };
  const meeting = Object.assign(Object.create(client) as DynamoDBClient, { send });
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  const table = new RunTable({ name, client: meeting, pause });
  return { journal: new DynamoJournal({ table, workflowIds: async () => WORKFLOW_IDS }), pauses };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoJournal } from '../../lib/aws/journal.ts';
import { dynamoClient, RunTable } from '../../lib/aws/run-table.ts';
import { Failure } from '../../lib/model/failure.ts';
import type { Intent, RunStart } from '../../lib/runtime/ports/journal.ts';
import { journalContract, WORKFLOW_IDS } from '../contract/journal.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';

journalContract('DynamoDB', async () => {
  const emulator = await dynamoEmulator();
  return { journal: journalOver(emulator), close: () => emulator.stop() };
});

describe('the journal over DynamoDB, beyond the contract', () => {
  let emulator: DynamoEmulator;
  let journal: DynamoJournal;
  beforeAll(async () => {
    emulator = await dynamoEmulator();
    journal = journalOver(emulator);
  });
  afterAll(() => emulator.stop());

  it('takes the refusal of its own repeated write as done: the answer to the first was lost on the way', async () => {
    await journal.start(run('r1'));
    const first = await journal.intend('r1', intent);
    expect(await journal.intend('r1', intent)).toEqual(first);
    await journal.fence('r1', 1, { error: 'Interlock.Refused', message: 'no' });
    const end = { epoch: 1, at: 4_000, phase: 'failed' } as const;
    expect(await journal.finish('r1', end)).toEqual({ kind: 'finished' });
    expect(await journal.finish('r1', end)).toEqual({ kind: 'finished' });
  });

  it('finds open runs by when to look at them, and no ended ones', async () => {
    await journal.start(run('r2'));
    await journal.start(run('r3'));
    await journal.close('r3', { epoch: 1, at: 2_000, outputs: {} });
    const open = await Promise.all(Array.from({ length: 8 }, (_, shard) => openIn(emulator, shard)));
    expect(open.flat()).toEqual([{ pk: 'R#r2', phase: 'forward' }]);
  });

  it('reads a record of many pages whole', async () => {
    await journal.start(run('r4'));
    const outcome = { epoch: 1, planHash: 'p', startedAt: 1, endedAt: 2, attempts: [], dataDigest: 'd', go: 'next' };
    const outputs = { text: 'x'.repeat(100_000) };
    for (let visit = 1; visit <= 25; visit += 1)
      await journal.apply('r4', { ...outcome, outputs, key: { ...intent.key, visit } });
    expect((await journal.record('r4'))?.applied).toHaveLength(25);
  });

  it('fails as the world does when there is no store', async () => {
    const nowhere = dynamoClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'local',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const lost = new DynamoJournal({ table: new RunTable({ name: 'runs', client: nowhere }), workflowIds: [] });
    await expect(lost.header('r1')).rejects.toThrow(Failure);
    await expect(lost.header('r1')).rejects.toThrow(/run table could not be used/);
  });
});

function journalOver({ client, table }: DynamoEmulator): DynamoJournal {
  return new DynamoJournal({ table: new RunTable({ name: table, client }), workflowIds: WORKFLOW_IDS });
}

async function openIn({ client, table }: DynamoEmulator, shard: number): Promise<readonly unknown[]> {
  const query = new QueryCommand({
    TableName: table,
    IndexName: 'open-by-wake',
    KeyConditionExpression: '#open = :open AND wake < :later',
    ExpressionAttributeNames: { '#open': 'open' },
    FilterExpression: 'pk <> :other',
    ExpressionAttributeValues: { ':open': { N: String(shard) }, ':later': { N: '20000' }, ':other': { S: 'R#r4' } },
  });
  const { Items } = await client.send(query);
  return (Items ?? []).map((item) => ({ pk: item['pk']?.S, phase: item['phase']?.S }));
}

const intent: Intent = {
  key: { step: 'reserve', visit: 1, gen: 0 },
  epoch: 1,
  at: 1_100,
  leaseUntil: 1_600,
  nonce: 'nonce-1',
};

function run(runId: string): RunStart {
  const times = { startedAt: 1_000, deadline: 10_000 };
  return { runId, workflowId: 'order', planHash: 'p', input: {}, inputDigest: 'd', actor: 'clerk', ...times };
}

/** A Distributed Map over files in place of S3: items from one, results into others, with walls around the bucket. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileItems, fileResults } from '../../../lib/embedded/map-files.ts';
import type { Json } from '../../../lib/model/json.ts';
import { inFolder } from '../../support/command-line.ts';
import { type Ended, engineHarness, machineOf, START } from '../../support/engine-harness.ts';

interface Written {
  readonly Bucket: string;
  readonly Key: string;
}

async function mapped(folder: string, fields: object, key = 'in/orders.csv'): Promise<Ended> {
  const ReaderConfig = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
  const Arguments = { Bucket: 'data', Key: key };
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Which',
    States: {
      Which: { Type: 'Choice', Choices: [{ Condition: "{% $states.input.n = '2' %}", Next: 'No' }], Default: 'Yes' },
      Yes: { Type: 'Pass', Output: ['{% $states.input.n %}', 'yes'], End: true },
      No: { Type: 'Fail', Error: 'Two', Cause: 'never two' },
    },
  };
  const ItemReader = { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig, Arguments };
  const state = { Type: 'Map', ItemReader, ItemProcessor, ToleratedFailureCount: 1, End: true, ...fields };
  const harness = engineHarness({ items: fileItems(folder), results: fileResults(folder) });
  harness.engine.register('machine', machineOf({ M: state }));
  const { executionId } = await harness.engine.start({ machine: 'machine', name: 'one' });
  const outcome = await harness.engine.result(executionId);
  return { executionId, outcome, history: await harness.engine.history(executionId) };
}

async function withOrders<T>(work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    mkdirSync(join(folder, 'data/in'), { recursive: true });
    writeFileSync(join(folder, 'data/in/orders.csv'), 'n\n1\n2\n3\n');
    return work(folder);
  });
}

const failedChild = {
  Input: '{"n":"2"}',
  InputDetails: { Included: true },
  Error: 'Two',
  Cause: 'never two',
  Status: 'FAILED',
  StartDate: new Date(START).toISOString(),
  StopDate: new Date(START).toISOString(),
};

describe('a Map over files', () => {
  it('writes a file for each status, and a manifest that names them', async () => {
    await withOrders(async (folder) => {
      const ResultWriter = {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: 'out', Prefix: 'runs' },
      };
      const { outcome } = await mapped(folder, { ResultWriter });
      const { MapRunArn, ResultWriterDetails } = outcome.output as unknown as {
        readonly MapRunArn: string;
        readonly ResultWriterDetails: Written;
      };
      const id = MapRunArn.split(':').at(-1);
      expect(ResultWriterDetails).toEqual({ Bucket: 'out', Key: `runs/${id}/manifest.json` });
      const read = (key: string): Json => JSON.parse(readFileSync(join(folder, 'out', key), 'utf8')) as Json;
      const failed = read(`runs/${id}/FAILED_0.json`);
      const succeeded = read(`runs/${id}/SUCCEEDED_0.json`);
      expect(failed).toEqual([expect.objectContaining(failedChild)]);
      expect(succeeded).toEqual([
        expect.objectContaining({ Name: `${id}-0`, Output: '["1","yes"]', Status: 'SUCCEEDED' }),
        expect.objectContaining({ Name: `${id}-2`, Output: '["3","yes"]', Status: 'SUCCEEDED' }),
      ]);
      expect(read(ResultWriterDetails.Key)).toEqual({
        DestinationBucket: 'out',
        MapRunArn,
        ResultFiles: {
          FAILED: [{ Key: `runs/${id}/FAILED_0.json`, Size: JSON.stringify(failed).length }],
          PENDING: [],
          SUCCEEDED: [{ Key: `runs/${id}/SUCCEEDED_0.json`, Size: JSON.stringify(succeeded).length }],
        },
      });
    });
  });

  it('writes JSON Lines and flat outputs when it is told to', async () => {
    await withOrders(async (folder) => {
      const ResultWriter = {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: 'out' },
        WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSONL' },
      };
      const { outcome } = await mapped(folder, { ResultWriter });
      const { Key } = (outcome.output as unknown as { readonly ResultWriterDetails: Written }).ResultWriterDetails;
      const lines = readFileSync(join(folder, 'out', Key.replace('manifest.json', 'SUCCEEDED_0.jsonl')), 'utf8');
      expect(lines).toBe('"1"\n"yes"\n"3"\n"yes"\n');
    });
  });

  it.each<[object | undefined, Json]>([
    [
      undefined,
      [
        ['1', 'yes'],
        ['3', 'yes'],
      ],
    ],
    [
      { Transformation: 'COMPACT' },
      [
        ['1', 'yes'],
        ['3', 'yes'],
      ],
    ],
    [{ Transformation: 'FLATTEN' }, ['1', 'yes', '3', 'yes']],
  ])('without a store gives its result as WriterConfig %j says, a failed child unchanged', async (config, outputs) => {
    await withOrders(async (folder) => {
      const { outcome } = await mapped(folder, config === undefined ? {} : { ResultWriter: { WriterConfig: config } });
      const results = outcome.output as readonly Json[];
      const isFailed = (one: Json): boolean => JSON.stringify(one).includes('"Two"');
      expect(results.filter(isFailed)).toEqual([expect.objectContaining(failedChild)]);
      expect(results.filter((one) => !isFailed(one))).toEqual(outputs);
    });
  });

  it.each(['../secret.csv', '/etc/passwd', 'in/../../secret.csv', ''])(
    'reads nothing outside the bucket: %j',
    async (key) => {
      await withOrders(async (folder) => {
        writeFileSync(join(folder, 'secret.csv'), 'n\n1\n');
        const { outcome } = await mapped(folder, {}, key);
        expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
      });
    },
  );

  it.each(['..', '.', 'a/b', '/tmp', ''])('has no bucket %j', async (Bucket) => {
    await withOrders(async (folder) => {
      const ItemReader = {
        Resource: 'arn:aws:states:::s3:getObject',
        Arguments: { Bucket, Key: 'in/orders.csv' },
        ReaderConfig: { InputType: 'JSON' },
      };
      const { outcome } = await mapped(folder, { ItemReader });
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
      expect(outcome.cause).toMatch(/there is no object|must name the Bucket/);
    });
  });

  it('says which file is not there, and which resource is none of ours', async () => {
    await withOrders(async (folder) => {
      expect((await mapped(folder, {}, 'in/none.csv')).outcome.cause).toContain('no such file');
      const Resource = 'arn:aws:states:::s3:listObjectsV2';
      const ItemReader = { Resource, Arguments: { Bucket: 'data' }, ReaderConfig: { InputType: 'JSON' } };
      expect((await mapped(folder, { ItemReader })).outcome.cause).toContain('s3:getObject can');
    });
  });
});

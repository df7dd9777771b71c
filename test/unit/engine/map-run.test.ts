/** A Distributed Map in its local form: children, sources of items, batches, tolerance, results, crashes. */
import { describe, expect, test } from 'vitest';
import { itemsIn } from '../../../lib/engine/item-formats.ts';
import { MemoryLog } from '../../../lib/engine/memory-log.ts';
import type { ResultSet } from '../../../lib/engine/ports.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { engineHarness, INVOKE, machineOf, newClock, outline, START } from '../../support/engine-harness.ts';

const TASK = { Type: 'Task', Resource: INVOKE, End: true };

function mapOf(fields: object, item: object = TASK): ReturnType<typeof machineOf> {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Item',
    States: { Item: item },
  };
  return machineOf({ M: { Type: 'Map', ItemProcessor, End: true, ...fields } });
}

function source(text: string): { read: () => AsyncIterable<string> } {
  return {
    async *read() {
      // In small pieces, so that none of them is a whole line.
      for (let start = 0; start < text.length; start += 7) yield text.slice(start, start + 7);
    },
  };
}

const reader = (config: object): object => ({
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    Arguments: { Key: '{% $states.input.key %}' },
    ReaderConfig: config,
  },
});

const odd = (): Parameters<typeof engineHarness>[0] => ({
  task: ({ arguments: given }) =>
    Number(given) % 2 === 1 ? { error: 'Odd', cause: JSON.stringify(given) } : { output: given },
});

const failed = async (fields: object, options: Parameters<typeof engineHarness>[0] = {}): Promise<unknown> => {
  const { outcome } = await engineHarness(options).run(mapOf(fields), { key: 'k' });
  return [outcome.error, outcome.cause];
};

describe('a Map run', () => {
  test('runs each item as an execution of its own, out of the list and out of the parent', async () => {
    const { engine, run, calls } = engineHarness();
    const { executionId, outcome, history } = await run(
      mapOf({
        Items: ['a', 'b'],
        Label: 'Letters',
        ItemSelector: { v: '{% $states.context.Map.Item.Value %}', n: '{% $states.input.n %}' },
      }),
      { n: 1 },
    );
    expect(outcome.output).toEqual([
      { v: 'a', n: 1 },
      { v: 'b', n: 1 },
    ]);
    expect(outline(history)).toEqual([
      '0 -> 1 ExecutionStarted',
      '0 -> 2 MapStateEntered M',
      '2 -> 3 MapStateStarted',
      '3 -> 4 MapRunStarted',
      '4 -> 5 MapRunSucceeded',
      '5 -> 6 MapStateSucceeded',
      '5 -> 7 MapStateExited M',
      '7 -> 8 ExecutionSucceeded',
    ]);
    expect(calls[0]?.executionId).toMatch(
      /^arn:aws:states:local:000000000000:execution:machine\/Letters:[\da-f-]{36}-0$/,
    );
    expect((await engine.list()).map((summary) => summary.executionId)).toEqual([executionId]);
    expect(await engine.describe(calls[0]?.executionId ?? '')).toMatchObject({
      status: 'SUCCEEDED',
      machine: 'machine/Letters',
    });
  });

  test('children read none of the variables outside', async () => {
    const definition = mapOf({ Items: [1] }, { Type: 'Pass', Output: '{% $exists($x) %}', End: true });
    const { outcome } = await engineHarness().run({
      ...definition,
      StartAt: 'Init',
      States: { Init: { Type: 'Pass', Assign: { x: 1 }, Output: [1], Next: 'M' }, ...definition.States },
    });
    expect(outcome.output).toEqual([false]);
  });

  test('takes the members of an object', async () => {
    const { outcome } = await engineHarness().run(
      mapOf({ Items: '{% $states.input %}', ItemSelector: '{% $states.context.Map.Item %}' }),
      { one: 1, two: 2 },
    );
    expect(outcome.output).toEqual([
      { Index: 0, Value: 1, Key: 'one', Source: 'STATE_DATA' },
      { Index: 1, Value: 2, Key: 'two', Source: 'STATE_DATA' },
    ]);
  });

  test('keeps to MaxConcurrency', async () => {
    let [running, most] = [0, 0];
    const { run, clock } = engineHarness({
      task: async () => {
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve) => clock.after(1000, resolve));
        running -= 1;
        return { output: null };
      },
    });
    const { outcome } = await run(mapOf({ Items: '{% [1..20] %}', MaxConcurrency: 5 }));
    expect([most, outcome.stopTime - START]).toEqual([5, 4000]);
  });

  test('gathers items in batches by number and by size', async () => {
    const byNumber = await engineHarness().run(
      mapOf({
        Items: [1, 2, 3, 4, 5],
        ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { at: '{% $states.context.State.EnteredTime %}' } },
      }),
    );
    const BatchInput = { at: '2026-01-01T00:00:00.000Z' };
    expect(byNumber.outcome.output).toEqual([[1, 2], [3, 4], [5]].map((Items) => ({ BatchInput, Items })));
    const bySize = await engineHarness().run(
      mapOf({ Items: ['aaaa', 'bbbb', 'cccc'], ItemBatcher: { MaxInputBytesPerBatch: 30 } }),
    );
    expect(bySize.outcome.output).toEqual([{ Items: ['aaaa', 'bbbb'] }, { Items: ['cccc'] }]);
  });

  test.each<[object, string]>([
    [{}, 'FAILED'],
    [{ ToleratedFailureCount: 1 }, 'FAILED'],
    [{ ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 49 }, 'FAILED'],
    [{ ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
    [{ ToleratedFailureCount: '{% $states.input[3] - 2 %}' }, 'SUCCEEDED'],
  ])('two failures of four with %j: %s', async (tolerance, status) => {
    const { outcome, history } = await engineHarness(odd()).run(
      mapOf({ MaxConcurrency: 1, ...tolerance }),
      [1, 2, 3, 4],
    );
    expect(outcome).toMatchObject(
      status === 'SUCCEEDED'
        ? { status, output: [{ Error: 'Odd', Cause: '1' }, 2, { Error: 'Odd', Cause: '3' }, 4] }
        : {
            status,
            error: 'States.ExceedToleratedFailureThreshold',
            cause: 'The specified tolerated failure threshold was exceeded',
          },
    );
    expect(outline(history).some((line) => line.endsWith('MapRunFailed'))).toBe(status === 'FAILED');
  });

  test('too many failures stop the children under way and start no others', async () => {
    const aborted: Json[] = [];
    const { run, calls } = engineHarness({
      task: ({ arguments: given }, signal) =>
        given === 2 ? { error: 'Two' } : new Promise(() => signal.addEventListener('abort', () => aborted.push(given))),
    });
    const { outcome } = await run(mapOf({ Items: [1, 2, 3, 4], MaxConcurrency: 2 }));
    expect([outcome.status, calls.length, aborted]).toEqual(['FAILED', 2, [1]]);
  });

  test('stopping the parent stops the children', async () => {
    const { engine, calls, clock } = engineHarness({ task: () => new Promise(() => undefined) });
    engine.register('m', mapOf({ Items: [1, 2] }));
    const { executionId } = await engine.start({ machine: 'm' });
    await clock.advance(1);
    await engine.stop(executionId);
    await clock.advance(1);
    for (const call of calls) expect((await engine.describe(call.executionId)).status).toBe('ABORTED');
    expect(calls).toHaveLength(2);
  });

  test('gives its results to the store that a ResultWriter names', async () => {
    const written: ResultSet[] = [];
    const results = {
      write: async (request: { readonly arguments: Json }, set: ResultSet): Promise<Json> => {
        written.push(set);
        return { MapRunArn: set.mapRunArn, ResultWriterDetails: request.arguments };
      },
    };
    const { outcome } = await engineHarness({ ...odd(), results }).run(
      mapOf({
        Items: [1, 2],
        ToleratedFailureCount: 1,
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Arguments: { Prefix: '{% $states.context.Execution.Name %}' },
        },
      }),
    );
    expect(outcome.output).toMatchObject({ ResultWriterDetails: { Prefix: 'one' } });
    expect(written[0]?.children).toMatchObject([
      { index: 0, status: 'FAILED', input: 1, error: 'Odd', cause: '1' },
      { index: 1, status: 'SUCCEEDED', input: 2, output: 2 },
    ]);
  });

  test('a result store that fails fails the run', async () => {
    const results = { write: () => Promise.reject(new Error('no room')) };
    const { outcome } = await engineHarness({ results }).run(mapOf({ Items: [1], ResultWriter: { Resource: 'r' } }));
    expect(outcome).toMatchObject({ error: 'States.ResultWriterFailed', cause: 'no room' });
  });

  test('an ItemSelector without a value, a source that breaks, a child that cannot start', async () => {
    expect(await failed({ Items: [1], ItemSelector: '{% $absent %}' })).toEqual([
      'States.QueryEvaluationError',
      "The JSONata expression '$absent' specified for the field 'ItemSelector' returned nothing (undefined).",
    ]);
    expect(await failed(reader({ InputType: 'JSON' }))).toEqual([
      'States.ItemReaderFailed',
      'no item source is configured',
    ]);
    expect(await failed(reader({ InputType: 'JSON' }), { items: source('{') })).toEqual([
      'States.ItemReaderFailed',
      expect.stringContaining('the file is not JSON'),
    ]);
    expect(await failed({ Items: [1], ItemSelector: 'x'.repeat(262_143) })).toEqual([
      'States.ExceedToleratedFailureThreshold',
      expect.any(String),
    ]);
  });

  test('is taken up after a crash where it was: what ended is kept, what was under way goes on', async () => {
    const log = new MemoryLog();
    const clock = newClock();
    const definition = mapOf({ ...reader({ InputType: 'JSONL' }), MaxConcurrency: 10 });
    const items = source(Array.from({ length: 50 }, (_, index) => `${index}\n`).join(''));
    const first = engineHarness({
      log,
      clock,
      items,
      task: ({ arguments: given }) => (Number(given) < 20 ? { output: given } : new Promise(() => undefined)),
    });
    first.engine.register('m', definition);
    const { executionId } = await first.engine.start({ machine: 'm', input: { key: 'k' } });
    await clock.advance(1);
    first.engine.close();
    const again = engineHarness({ log, clock, items });
    await again.engine.recover();
    const outcome = await clock.runUntil(again.engine.result(executionId));
    expect(outcome.output).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(again.calls.map((call) => Number(call.arguments)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 20),
    );
  });

  test('is redriven with its parent: children that had succeeded keep their results, the others go on', async () => {
    let broken = true;
    const { engine, clock, calls, run } = engineHarness({
      log: new MemoryLog(),
      task: ({ arguments: given }) =>
        broken && Number(given) > 1 ? { error: 'Broken', cause: String(given) } : { output: given },
    });
    const { executionId, outcome } = await run(mapOf({ Items: [1, 2, 3], MaxConcurrency: 1 }));
    expect(outcome.error).toBe('States.ExceedToleratedFailureThreshold');
    broken = false;
    await clock.advance(1000);
    await engine.redrive(executionId);
    expect((await clock.runUntil(engine.result(executionId))).output).toEqual([1, 2, 3]);
    expect(calls.map((call) => call.arguments)).toEqual([1, 2, 2, 3]);
    expect(outline(await engine.history(executionId)).slice(-8)).toEqual([
      '5 -> 6 MapStateFailed',
      '6 -> 7 ExecutionFailed',
      '7 -> 8 ExecutionRedriven',
      '6 -> 9 MapRunRedriven',
      '9 -> 10 MapRunSucceeded',
      '10 -> 11 MapStateSucceeded',
      '10 -> 12 MapStateExited M',
      '12 -> 13 ExecutionSucceeded',
    ]);
    expect(await engine.describe(calls[1]?.executionId ?? '')).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  });

  test('a redrive that is cut short by a crash redrives no child twice', async () => {
    const [log, clock] = [new MemoryLog(), newClock()];
    const definition = mapOf({ Items: [1, 2, 3], ToleratedFailureCount: 1 });
    const first = engineHarness({
      log,
      clock,
      task: ({ arguments: given }) => ({ error: 'Always', cause: String(given) }),
    });
    const { executionId } = await first.run(definition);
    await clock.advance(1000);
    const hanging = engineHarness({
      log,
      clock,
      task: ({ arguments: given }) => (given === 1 ? { error: 'Again' } : new Promise(() => undefined)),
    });
    await hanging.engine.redrive(executionId);
    await clock.advance(1000);
    hanging.engine.close();
    const last = engineHarness({ log, clock });
    await last.engine.recover();
    const outcome = await clock.runUntil(last.engine.result(executionId));
    expect(outcome.output).toEqual([expect.objectContaining({ Error: 'Again' }), 2, 3]);
    expect(last.calls.map((call) => call.arguments)).toEqual([2, 3]);
  });

  test('a thousand children, few of them kept', async () => {
    const { outcome } = await engineHarness({ log: new MemoryLog(), keepEnded: 10 }).run(
      mapOf({ Items: '{% [1..1000] %}', MaxConcurrency: 50, Output: '{% $sum($states.result) %}' }),
    );
    expect(outcome.output).toBe(500_500);
  });
});

async function items(text: string, config: JsonObject): Promise<unknown> {
  const found: unknown[] = [];
  for await (const { value, key } of itemsIn(source(text).read(), config))
    found.push(key === undefined ? value : [key, value]);
  return found;
}

describe('the formats of items', () => {
  test.each<[string, string, JsonObject, unknown]>([
    ['a JSON array', '[1, {"a": 2}]', { InputType: 'JSON' }, [1, { a: 2 }]],
    [
      'a JSON object',
      '{"a": 1, "b": 2}',
      { InputType: 'JSON' },
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      'a part of a document',
      '{"x": {"y/z": [1, 2, 3]}}',
      { InputType: 'JSON', ItemsPointer: '/x/y~1z', MaxItems: 2 },
      [1, 2],
    ],
    ['JSON Lines', '{"a": 1}\n\n[2]\n"three"', { InputType: 'JSONL' }, [{ a: 1 }, [2], 'three']],
    ['JSON Lines with a byte order mark', '\uFEFF1\n2\n', { InputType: 'JSONL' }, [1, 2]],
    [
      'CSV with its header',
      'a,b\n1,2\n3\n4,5,6\n',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
      [
        { a: '1', b: '2' },
        { a: '3', b: '' },
        { a: '4', b: '5' },
      ],
    ],
    [
      'CSV with given headers',
      '\uFEFF1,2\r\n\r\n"x,""y""\n",z',
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'] },
      [
        { a: '1', b: '2' },
        { a: 'x,"y"\n', b: 'z' },
      ],
    ],
    [
      'CSV with another delimiter',
      'a|b\n1|',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVDelimiter: 'PIPE' },
      [{ a: '1', b: '' }],
    ],
    [
      'no more than asked',
      'a\n1\n2\n3\n',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', MaxItems: 2 },
      [{ a: '1' }, { a: '2' }],
    ],
    ['all for zero', '[1, 2]', { InputType: 'JSON', MaxItems: 0 }, [1, 2]],
  ])('%s', async (_what, text, config, expected) => {
    expect(await items(text, config)).toEqual(expected);
  });

  test.each<[string, JsonObject, string]>([
    ['x,x\n', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'CSV headers cannot contain duplicates.'],
    ['[]', { InputType: 'JSON', MaxItems: -1 }, 'field MaxItems must be positive'],
    ['1', { InputType: 'JSON' }, 'the file must hold a JSON array or object'],
    ['{}\nx\n', { InputType: 'JSONL' }, 'line 2 is not JSON'],
    ['', { InputType: 'PARQUET' }, 'InputType "PARQUET" is not one of JSON, JSONL, CSV'],
  ])('%j as %j is refused', async (text, config, message) => {
    await expect(items(text, config)).rejects.toThrow(message);
  });
});

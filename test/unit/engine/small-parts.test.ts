/** Parts small enough to be tested by themselves: sizes, timestamps, names, tokens, resources, randomness. */
import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exceeds, sizeWithin } from '../../../lib/engine/json-size.ts';
import { checkName } from '../../../lib/engine/names.ts';
import { RandomSource } from '../../../lib/engine/random-source.ts';
import { resourceOf } from '../../../lib/engine/resource.ts';
import { readTaskToken, taskToken } from '../../../lib/engine/task-token.ts';
import { parseTimestamp } from '../../../lib/engine/timestamp.ts';
import type { Json } from '../../../lib/model/json.ts';

describe('the size of a value', () => {
  test('is that of its JSON in UTF-8, for any value', () => {
    assert(
      property(jsonValue({ noUnicodeString: false }), (value) => {
        const size = Buffer.byteLength(JSON.stringify(value));
        expect(sizeWithin(value as Json, 1_000_000)).toBe(size);
        expect(exceeds(value as Json, size)).toBe(false);
        expect(exceeds(value as Json, size - 1)).toBe(true);
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  test.each<[Json, number]>([
    ['', 2],
    ['a"\\\n\u0001', 15],
    ['é', 4],
    ['€', 5],
    ['😀', 6],
    [[], 2],
    [{}, 2],
    [{ a: [1, 22.5, null, true, false] }, 30],
  ])('%j takes %i bytes', (value, size) => {
    expect(sizeWithin(value, 1000)).toBe(size);
  });
});

describe('timestamps', () => {
  test.each([
    ['2016-03-14T01:59:00Z', Date.UTC(2016, 2, 14, 1, 59)],
    ['2016-03-05T21:29:29.243167252Z', Date.UTC(2016, 2, 5, 21, 29, 29, 243)],
    ['2016-03-14T01:59:00+02:00', Date.UTC(2016, 2, 13, 23, 59)],
    ['2016-03-14T01:59:00.5-01:30', Date.UTC(2016, 2, 14, 3, 29, 0, 500)],
    ['2016-03-14T01:59Z', Date.UTC(2016, 2, 14, 1, 59)],
  ])('%s is a point in time', (text, time) => {
    expect(parseTimestamp(text)).toBe(time);
  });

  test.each([
    '2016-12-05 21:29:29Z',
    '2016-12-05T21:29:29',
    '2016-13-05T21:29:29Z',
    '2016-02-30T21:29:29Z',
    '2016-12-05T25:29:29Z',
    '2016-12-05T24:00:00Z',
    '05-12-2016T21:29:29Z',
    '2016-12-05t21:29:29Z',
    '2016-12-05T21:29:29z',
    '2016-12-05',
    '',
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });
});

describe('names', () => {
  test.each(['a', 'Run-1_2.3', 'x'.repeat(80), 'é', "(a)=+@!'"])('%s is a name', (name) => {
    expect(() => checkName(name, 'execution')).not.toThrow();
  });

  test.each([
    '',
    'x'.repeat(81),
    'a b',
    'a/b',
    'a:b',
    'a*',
    'a?',
    'a<b',
    'a{',
    'a[',
    'a"',
    'a#',
    'a%',
    'a\\',
    'a^',
    'a|',
    'a~',
    'a`',
    'a$',
    'a&',
    'a,',
    'a;',
    'a\n',
    'a\u0007',
  ])('%j is none', (name) => {
    expect(() => checkName(name, 'execution')).toThrow(`Invalid Name: '${name}'`);
  });
});

describe('task tokens', () => {
  test('name the execution and the attempt', () => {
    const parts = { executionId: 'arn:aws:states:local:0:execution:m:é', task: '0v1#2', nonce: 'n' };
    expect(readTaskToken(taskToken(parts))).toEqual(parts);
    expect(taskToken(parts)).toMatch(/^[\w-]+$/);
  });

  test.each([
    '',
    'x',
    'W10',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('[1,2,3]').toString('base64url'),
  ])('%j is not one of ours', (token) => {
    expect(readTaskToken(token)).toBeNull();
  });
});

describe('resources', () => {
  test.each([
    ['arn:aws:states:::lambda:invoke', { kind: 'service', service: 'lambda', action: 'invoke', pattern: 'request' }],
    [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      { kind: 'service', service: 'sqs', action: 'sendMessage.waitForTaskToken', pattern: 'waitForTaskToken' },
    ],
    [
      'arn:aws:states:::states:startExecution.sync:2',
      { kind: 'service', service: 'states', action: 'startExecution.sync:2', pattern: 'sync:2' },
    ],
    [
      'arn:aws:states:::aws-sdk:s3:getObject',
      { kind: 'service', service: 'aws-sdk:s3', action: 'getObject', pattern: 'request' },
    ],
    ['arn:aws:states:us-east-1:111111111111:activity:work', { kind: 'activity' }],
    ['arn:aws:lambda:us-east-1:111111111111:function:work', { kind: 'function' }],
    ['work', { kind: 'function' }],
  ])('%s', (arn, resource) => {
    expect(resourceOf(arn)).toEqual({ arn, ...resource });
  });
});

describe('randomness', () => {
  test("is java.util.Random's", () => {
    const source = new RandomSource(42);
    expect([source.next(), source.next()]).toEqual([0.7275636800328681, 0.6832234717598454]);
    expect(new RandomSource(0).next()).toBe(0.730967787376657);
  });

  test('gives UUIDs of version 4', () => {
    const source = new RandomSource(1);
    const uuids = Array.from({ length: 100 }, () => source.uuid());
    expect(new Set(uuids).size).toBe(100);
    for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

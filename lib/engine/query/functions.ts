/**
 * The service's dialect of JSONata: what it adds, what must take time and randomness from the event instead of the
 * machine, and `$eval`, which it takes away.
 */
import { createHash } from 'node:crypto';
import { RANGE_ITEMS } from '../quotas.ts';
import { RandomSource } from '../random-source.ts';
import type { View } from './language.ts';

// The evaluator calls functions with whatever the expression gives: their arguments cannot be typed closer.
type Implementation = (this: Focus, ...args: never[]) => unknown;

export interface Focus {
  readonly environment: { lookup(name: string): unknown };
  createSequence(value?: unknown): unknown[];
}

/** Name, implementation (undefined takes a function away), signature in the evaluator's own notation. */
export type Definition = readonly [name: string, implementation: Implementation | undefined, signature: string];

const HASHES: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

export function dialect(viewOf: (focus: Focus) => View): readonly Definition[] {
  return [
    ['eval', undefined, ''],
    ['partition', partition, '<a?n?:a>'],
    ['range', range, '<n?n?n?:a>'],
    ['hash', hash, '<s?s?:s>'],
    ['parse', parse, '<s?:x>'],
    [
      'random',
      function (this: Focus, seed?: number) {
        return (seed === undefined ? viewOf(this).random() : new RandomSource(Math.trunc(seed))).next();
      },
      '<n?:n>',
    ],
    [
      'now',
      function (this: Focus, picture?: string, timezone?: string) {
        return fromMillis(this).call(this, viewOf(this).time, picture, timezone);
      },
      '<s?s?:s>',
    ],
    [
      'millis',
      function (this: Focus) {
        return viewOf(this).time;
      },
      '<:n>',
    ],
    [
      'uuid',
      function (this: Focus) {
        return viewOf(this).random().uuid();
      },
      '<:s>',
    ],
    [
      'shuffle',
      function (this: Focus, values: readonly unknown[] | undefined) {
        return values === undefined ? undefined : shuffled(values, viewOf(this).random());
      },
      '<a:a>',
    ],
  ];
}

type FromMillis = (this: Focus, millis: number, picture?: string, timezone?: string) => string;

/** The evaluator's own formatter, which `$now` uses for its pictures. */
function fromMillis(focus: Focus): FromMillis {
  const native = focus.environment.lookup('fromMillis') as { readonly implementation: FromMillis };
  return native.implementation;
}

/** Measured at the service: no parts at all are nothing, only a negative size is refused. */
function partition(this: Focus, values: readonly unknown[] | undefined, size: number | undefined): unknown {
  if (values === undefined || size === undefined || values.length === 0) return undefined;
  const length = Math.trunc(size);
  if (length < 0) throw new Error('The chunk size of $partition must not be negative');
  if (length === 0) return undefined;
  const parts: unknown[][] = [];
  for (let start = 0; start < values.length; start += length) parts.push(values.slice(start, start + length));
  return parts;
}

/** A sequence, as at the service: a single number stands for itself, and none at all for nothing. */
function range(this: Focus, start: number | undefined, end: number | undefined, step: number | undefined): unknown {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const [first, last, stride] = [Math.trunc(start), Math.trunc(end), Math.trunc(step)];
  const count = stride === 0 ? 0 : Math.floor((last - first) / stride) + 1;
  if (count > RANGE_ITEMS) throw Object.assign(new Error('$range is too long'), { code: 'D2014' });
  const sequence = this.createSequence();
  for (let index = 0; index < count; index += 1) sequence.push(first + index * stride);
  return sequence;
}

function hash(this: Focus, text: string | undefined, algorithm: string | undefined): unknown {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = HASHES.get(algorithm);
  if (name === undefined) throw new Error(`The hash algorithm must be one of ${[...HASHES.keys()].join(', ')}`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

function parse(this: Focus, text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function shuffled(values: readonly unknown[], random: RandomSource): unknown[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

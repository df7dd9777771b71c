/** What a data file holds after its log was cut off or damaged at any place: every whole write before, none behind. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../../lib/embedded/database.ts';
import { describeDroppedTail, type DroppedTail, droppedTail } from '../../../lib/embedded/log-tail.ts';
import { RandomSource } from '../../../lib/engine/random-source.ts';

const WRITES = 20;
const FRAME = 4096 + 24;
const SCHEMA = 'CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, body TEXT NOT NULL)';

describe('the log of a process that died', () => {
  let folder: string;
  /** How long the log was when each write had been acknowledged; the first is its length before all of them. */
  const lengths: number[] = [];
  let log: Buffer;
  let main: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'interlock-tail-'));
    main = join(folder, 'original.db');
    new Database(main, SCHEMA).close();
    const database = new Database(main, SCHEMA);
    lengths.push(0);
    for (let number = 1; number <= WRITES; number += 1) {
      await database.write(() => database.run('INSERT INTO rows VALUES (?, ?)', number, bodyOf(number)));
      lengths.push(statSync(`${main}-wal`).size);
    }
    log = readFileSync(`${main}-wal`);
    copyFileSync(main, join(folder, 'crashed.db'));
    database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Found {
    readonly numbers: readonly number[];
    readonly dropped: DroppedTail | null;
  }

  /** What the next process finds, and that it can go on writing and be opened a second time. */
  async function found(name: string, prepare: (walPath: string) => void): Promise<Found> {
    const path = join(folder, `${name}.db`);
    copyFileSync(join(folder, 'crashed.db'), path);
    prepare(`${path}-wal`);
    const database = new Database(path, SCHEMA);
    const rows = database.all('SELECT number, body FROM rows ORDER BY number');
    const numbers = rows.map(({ number }) => Number(number));
    expect(rows.map(({ body }) => body)).toEqual(numbers.map(bodyOf));
    await database.write(() => database.run('INSERT INTO rows VALUES (1000, ?)', 'after'));
    const { dropped } = database;
    database.close();
    const again = new Database(path, SCHEMA);
    expect([again.dropped, again.get('SELECT count(*) AS n FROM rows')]).toEqual([null, { n: numbers.length + 1 }]);
    again.close();
    return { numbers, dropped };
  }

  test('is taken up whole where it is whole, and nothing is said', async () => {
    const whole = await found('whole', (path) => writeFileSync(path, log));
    expect(whole).toEqual({ numbers: upTo(WRITES), dropped: null });
  });

  test('cut off anywhere gives the writes before the cut, and says so unless the cut is between two of them', async () => {
    const random = new RandomSource(1);
    const places = [...lengths, ...lengths.map((length) => length + 1), ...someOf(random, 30, log.length)];
    for (const place of places.filter((one) => one <= log.length)) {
      const { numbers, dropped } = await found('cut', (path) => {
        writeFileSync(path, log);
        truncateSync(path, place);
      });
      const kept = lengths.filter((length) => length <= place).length - 1;
      const isBetween = place - Math.max(32, lengths[kept] ?? 0) < 24;
      expect({ place, numbers, said: dropped?.kind ?? null }).toEqual({
        place,
        numbers: upTo(kept),
        said: isBetween ? null : 'unfinished',
      });
    }
  });

  test('damaged anywhere gives the writes before the damage, and says how much was left out', async () => {
    const random = new RandomSource(2);
    const inEveryFrameHeader = Array.from({ length: 24 }, (_, index) => 32 + 7 * FRAME + index);
    for (const place of [...inEveryFrameHeader, ...someOf(random, 60, log.length - 32).map((one) => one + 32)]) {
      const damaged = Buffer.from(log);
      damaged.writeUInt8((damaged.readUInt8(place) ^ (1 + Math.floor(random.next() * 255))) & 0xff, place);
      const { numbers, dropped } = await found('damaged', (path) => writeFileSync(path, damaged));
      const frame = Math.floor((place - 32) / FRAME);
      const kept = lengths.filter((length) => length <= 32 + frame * FRAME).length - 1;
      const isLast = kept >= WRITES - 1;
      expect({ place, numbers }).toEqual({ place, numbers: upTo(kept) });
      expect({ place, said: dropped?.kind }).toEqual({ place, said: isLast ? 'unfinished' : 'lost' });
      expect(dropped?.kept).toBe(kept);
    }
  });

  test('with a damaged head gives what the main file holds, and says so', async () => {
    for (let place = 0; place < 32; place += 3) {
      const damaged = Buffer.from(log);
      damaged.writeUInt8(damaged.readUInt8(place) ^ 0xff, place);
      const { numbers, dropped } = await found('head', (path) => writeFileSync(path, damaged));
      expect({ place, numbers, dropped }).toMatchObject({ place, numbers: [], dropped: { kind: 'lost', kept: 0 } });
    }
  });

  test('overwritten with noise or zeros from anywhere on gives the writes before', async () => {
    const random = new RandomSource(3);
    for (const place of someOf(random, 15, log.length)) {
      const noisy = Buffer.from(log);
      for (let at = place; at < noisy.length; at += 1) noisy.writeUInt8(Math.floor(random.next() * 256), at);
      const zeroed = Buffer.from(log).fill(0, place);
      const kept = Math.max(0, lengths.filter((length) => length <= place).length - 1);
      for (const bytes of [noisy, zeroed]) {
        const { numbers } = await found('overwritten', (path) => writeFileSync(path, bytes));
        expect({ place, numbers }).toEqual({ place, numbers: upTo(kept) });
      }
    }
  });

  test('begun anew over an older one is not taken for damaged by what is left of that', async () => {
    const path = join(folder, 'anew.db');
    const database = new Database(path, SCHEMA);
    for (let number = 1; number <= 20; number += 1)
      await database.write(() => database.run('INSERT INTO rows VALUES (?, ?)', number, bodyOf(number)));
    database.all('PRAGMA wal_checkpoint(RESTART)');
    const before = statSync(`${path}-wal`).size;
    await database.write(() => database.run('INSERT INTO rows VALUES (?, ?)', 21, bodyOf(21)));
    expect(statSync(`${path}-wal`).size).toBe(before);
    expect(droppedTail(`${path}-wal`)).toBeNull();
    database.close();
  });

  test('that is not there, or empty, says nothing', () => {
    expect(droppedTail(join(folder, 'none.db-wal'))).toBeNull();
    writeFileSync(join(folder, 'empty.db-wal'), '');
    expect(droppedTail(join(folder, 'empty.db-wal'))).toBeNull();
  });

  test('is told of in words that say what is kept and what may be lost', () => {
    expect(describeDroppedTail({ kind: 'unfinished', pages: 1, kept: 3 })).toMatch(/not whole.*1 page\)/);
    expect(describeDroppedTail({ kind: 'lost', pages: 12, kept: 3 })).toMatch(/12 pages were left out, the 3 whole/);
  });
});

function bodyOf(number: number): string {
  return `${number} `.repeat(300 + 200 * (number % 7));
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function someOf(random: RandomSource, count: number, below: number): readonly number[] {
  return Array.from({ length: count }, () => Math.floor(random.next() * below));
}

import { describe, expect, test } from 'vitest';
import { LineReader } from '../../../lib/embedded/line-reader.ts';

describe('a reader of lines', () => {
  test('gives the same lines however the text is cut up', () => {
    const text = 'one\n\ntwo and a half\nthree\n\n\nfour';
    for (let size = 1; size <= text.length; size += 1) {
      const reader = new LineReader(100);
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size) lines.push(...(reader.read(text.slice(at, at + size)) ?? ['?']));
      expect({ size, lines }).toEqual({ size, lines: ['one', 'two and a half', 'three'] });
      expect(reader.read('\n')).toEqual(['four']);
    }
  });

  test('takes a line of the longest length, in one piece or in many, and none that is longer', () => {
    for (const pieces of [['abcde'], ['ab', 'cde'], ['a', 'b', 'c', 'd', 'e']]) {
      const reader = new LineReader(5);
      for (const piece of pieces) expect(reader.read(piece)).toEqual([]);
      expect(reader.read('\n')).toEqual(['abcde']);
      for (const piece of pieces) reader.read(piece);
      expect(reader.read('f')).toBeNull();
    }
    expect(new LineReader(5).read('ok\nabcdef\n')).toBeNull();
  });

  test('puts a long line together in linear time', () => {
    const reader = new LineReader(40_000_000);
    const piece = 'x'.repeat(1000);
    for (let index = 0; index < 30_000; index += 1) reader.read(piece);
    expect(reader.read('\n')?.[0]?.length).toBe(30_000_000);
  });
});

import { describe, expect, it } from 'vitest';
import { silenced } from '../../../lib/diagnostics/order.ts';
import { below, keyAt, segmentsOf } from '../../../lib/diagnostics/place.ts';
import { report } from '../../../lib/diagnostics/report.ts';
import { capital, counted, listed, nearest, quoted, suggestion } from '../../../lib/diagnostics/words.ts';

describe('words', () => {
  it('quotes values as JSON, cut where they are long', () => {
    expect(quoted('a "b"\n')).toBe('"a \\"b\\"\\n"');
    expect(quoted('😀'.repeat(100))).toBe(`"${'😀'.repeat(57)}…"`);
    expect(quoted(Array.from({ length: 100 }, () => 1))).toMatch(/^\[1,1.*,1,?…$/);
    expect(quoted({ a: [1, null] })).toBe('{"a":[1,null]}');
  });

  it('lists with commas and one conjunction, and not without end', () => {
    expect(listed([])).toBe('');
    expect(listed(['a'])).toBe('a');
    expect(listed(['a', 'b', 'c'], 'or')).toBe('a, b or c');
    expect(listed(['a', 'b', 'c', 'd'], 'and', 2)).toBe('a, b and 2 more');
  });

  it('counts', () => {
    expect([counted(1, 'step'), counted(2, 'step'), counted(0, 'policy', 'policies')]).toEqual([
      '1 step',
      '2 steps',
      '0 policies',
    ]);
    expect(capital('a step')).toBe('A step');
  });

  it('finds the known name that was probably meant', () => {
    const known = ['operationId', 'operationPath', 'workflowId', 'stepId'];
    expect(nearest('operatonId', known)).toBe('operationId');
    expect(nearest('operation-id', known)).toBe('operationId');
    expect(nearest('stpeId', known)).toBe('stepId');
    expect(nearest('banana', known)).toBeUndefined();
    expect(nearest('x'.repeat(10_000), known)).toBeUndefined();
  });

  it('suggests it, or says what there is', () => {
    expect(suggestion('paymens', ['payments', 'stock'], 'source')).toBe('Did you mean "payments"?');
    expect(suggestion('crm', ['payments', 'stock'], 'source')).toBe('Known sources: payments and stock.');
    expect(suggestion('crm', [], 'source')).toBe('There is no source here.');
  });
});

describe('places', () => {
  it('lead down by keys and indexes, escaped as JSON Pointers are', () => {
    const place = below({ document: 'a', pointer: '' }, 'paths', '/orders/{id}~', 0);
    expect(place.pointer).toBe('/paths/~1orders~1{id}~0/0');
    expect(segmentsOf(place.pointer)).toEqual(['paths', '/orders/{id}~', '0']);
    expect(keyAt(place)).toEqual({ ...place, on: 'key' });
    expect(segmentsOf('')).toEqual([]);
  });
});

describe('reporting', () => {
  it('turns a code and facts into a diagnostic', () => {
    expect(report('ARZ001', { document: 'a', pointer: '/arazzo' }, { version: '2.0.0' })).toEqual({
      code: 'ARZ001',
      severity: 'error',
      headline: 'Arazzo version "2.0.0" is not supported',
      place: { document: 'a', pointer: '/arazzo' },
      value: '2.0.0',
      notes: [{ text: 'Interlock reads 1.0.x and 1.1.x; the last number makes no difference.' }],
      fix: 'Write `arazzo: 1.1.0`.',
    });
  });

  it('silences warnings and remarks by code, and never an error', () => {
    const all = [report('ARZ010', undefined), report('ARZ001', undefined, { version: '2' })];
    expect(silenced(all, new Set(['ARZ010', 'ARZ001'])).map(({ code }) => code)).toEqual(['ARZ001']);
  });
});

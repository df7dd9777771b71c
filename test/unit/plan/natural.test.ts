/** `idempotency: natural`: a request that changes nothing more when it is made again is repeated without a key, and is there once. */
import { describe, expect, it } from 'vitest';
import { mayRepeatInDoubt } from '../../../lib/runtime/retry.ts';
import { explored, rehearsedFlow, undoable, unprobed } from '../../support/rehearsing.ts';
import { found, workflow } from '../../support/checking.ts';
import { of, STOCK } from '../../support/stock.ts';

/** By an operation of its own nature, so that nothing else is to be said. */
const UNDO = `compensate: { ${of('release')}, parameters: [{ name: id, in: path, value: $request.header.Idempotency-Key }] }`;

const natural = (policy: string): Promise<string[]> =>
  found({
    sources: { stock: STOCK },
    workflows: workflow('main', `- { stepId: a, ${of('hold')}, x-interlock: { ${UNDO}, ${policy} } }`),
  });

describe('a request that may be repeated by its nature', () => {
  it('needs neither key nor probe, and is repeated in doubt for ever', async () => {
    const { options } = await rehearsedFlow({
      first: { ...unprobed('first'), idempotency: 'natural' },
      second: undoable('second'),
    });
    const { first } = options.workflow.plan.steps;
    expect(first).toMatchObject({ effect: 'idempotent' });
    expect(first?.idempotency).toBeUndefined();
    const age = { since: 0, now: Number.MAX_SAFE_INTEGER };
    expect(first && mayRepeatInDoubt(first, 'post', age)).toBe(true);
    expect(mayRepeatInDoubt({ effect: 'unsafe' }, 'post', age)).toBe(false);
  });

  it('is made twice by a rehearsal, stands once, and is undone once', async () => {
    const { options } = await rehearsedFlow({
      first: { ...unprobed('first'), idempotency: 'natural' },
      second: undoable('second'),
    });
    const { violations, matrix } = await explored(options, { most: 150 });
    expect(violations.map(({ what }) => what)).toEqual([]);
    expect(matrix.cells['first']?.['lost-after']?.end).toBe('retried');
    expect(matrix.cells['first']?.['error-after']?.end).toBe('retried');
  }, 60_000);

  it('is the one word that stands there', async () => {
    expect(await natural('retry: {}')).toEqual([expect.stringContaining('warning XIL041: ')]);
    expect(await natural('idempotency: natural')).toEqual([]);
    expect(await natural('idempotency: naturl')).toContainEqual(expect.stringContaining('error XIL003: '));
    expect(await natural('idempotency: 3')).toContainEqual(expect.stringContaining('error XIL003: '));
    expect(await natural('idempotency: {}')).toContainEqual(expect.stringContaining('error XIL002: '));
  });
});

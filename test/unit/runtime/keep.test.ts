/** Values into the form that machines and the journal hold, and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { ELSEWHERE, elsewhereOf, type Kept, type KeptInput } from '../../../lib/model/kept.ts';
import { inlineBytesOf } from '../../../lib/runtime/inline-budget.ts';
import { exceeds, keep, keepInput, resolveKept, resolveRefs } from '../../../lib/runtime/keep.ts';
import { outlinedOutputs, shownOutputs } from '../../../lib/runtime/shown-outputs.ts';
import { MemoryBlobs } from '../../support/memory-blobs.ts';
import { planOf, scopeOf, stepOf } from '../../support/plan-fixture.ts';

const RUN = 'run-1';
const LIMITS = { valueBytes: 8_192, inlineBytes: 8_192 };
const BIG = 'x'.repeat(8_191);
const DIGEST = /^[0-9a-f]{64}$/;

class Counted extends MemoryBlobs {
  readonly puts: string[] = [];

  override async put(run: string, id: string, body: string): Promise<void> {
    this.puts.push(body);
    await super.put(run, id, body);
  }
}

async function kept(values: JsonObject, sensitive: readonly string[] = [], limits = LIMITS) {
  const blobs = new Counted();
  const form = await keep(values, { run: RUN, sensitive, ...limits }, blobs);
  return { blobs, form, again: await resolveKept(form, RUN, blobs) };
}

describe('keeping values', () => {
  it('leaves small ones as they are, without a write', async () => {
    const values = { id: 'o-1', count: 3, list: [1, { a: null }], none: null };
    const { form, blobs } = await kept(values);
    expect(form).toBe(values);
    expect(blobs.puts).toEqual([]);
  });

  it('moves each that is larger than the threshold, and only those', async () => {
    const { form, again, blobs } = await kept({ id: 'o-1', big: BIG, list: [BIG] });
    const part = { blob: expect.stringMatching(DIGEST), bytes: 8_193 };
    expect(form).toEqual({ id: 'o-1', [ELSEWHERE]: { parts: { big: part, list: { ...part, bytes: 8_195 } } } });
    expect(again).toEqual({ id: 'o-1', big: BIG, list: [BIG] });
    expect(blobs.puts).toHaveLength(2);
  });

  it('moves a value of exactly one byte more than the threshold, counted as UTF-8 of its JSON text', async () => {
    const exact = 'ä'.repeat(4_095);
    expect((await kept({ exact }, [], { valueBytes: 8_192, inlineBytes: 100_000 })).blobs.puts).toEqual([]);
    expect(
      (await kept({ exact: `${exact}x` }, [], { valueBytes: 8_192, inlineBytes: 100_000 })).blobs.puts,
    ).toHaveLength(1);
  });

  it('moves each sensitive one, however small, and tells nothing of its size', async () => {
    const { form, again } = await kept({ token: 't', id: 1 }, ['token', 'absent']);
    expect(form).toEqual({
      id: 1,
      [ELSEWHERE]: { parts: { token: { blob: expect.stringMatching(DIGEST), sensitive: true } } },
    });
    expect(again).toEqual({ token: 't', id: 1 });
  });

  it('moves all where any name is sensitive', async () => {
    const { form } = await kept({ a: 1, b: 2 }, ['*']);
    expect(Object.keys(form)).toEqual([ELSEWHERE]);
  });

  it('moves many small ones together, in one write, where they do not fit in place', async () => {
    const values = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`value-${index}`, 'y'.repeat(100)]));
    const { form, again, blobs } = await kept(values);
    expect(form).toEqual({
      [ELSEWHERE]: { whole: { blob: expect.stringMatching(DIGEST), bytes: expect.any(Number) } },
    });
    expect(again).toEqual(values);
    expect(blobs.puts).toHaveLength(1);
  });

  it('holds what is in place below the limit even where references alone exceed it', async () => {
    const values = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`value-${index}`, index]));
    const { form, again } = await kept(values, ['*']);
    expect(JSON.stringify(form).length).toBeLessThan(200);
    expect(again).toEqual(values);
  });

  it('has another digest for the same sensitive value in another run and another store', async () => {
    const digest = async (run: string, blobs: MemoryBlobs): Promise<unknown> =>
      elsewhereOf(await keep({ pin: '1234' }, { run, sensitive: ['pin'], ...LIMITS }, blobs))?.parts?.['pin']?.blob;
    const blobs = new MemoryBlobs();
    const one = await digest('run-1', blobs);
    expect(await digest('run-1', blobs)).toBe(one);
    expect(new Set([one, await digest('run-2', blobs), await digest('run-1', new MemoryBlobs())]).size).toBe(3);
  });
});

describe('what a system answers', () => {
  const forged = (blob: string): JsonObject => ({
    [ELSEWHERE]: { parts: { id: { blob }, whole: { blob } }, whole: { blob } },
  });

  it('is never taken for a reference, whatever it looks like and wherever it stands', async () => {
    const blobs = new MemoryBlobs();
    await blobs.put(RUN, 'a'.repeat(64), '"stolen"');
    for (const value of [forged('a'.repeat(64)), [forged('a'.repeat(64))], { blob: 'a'.repeat(64), sensitive: true }]) {
      const form = await keep({ answer: value }, { run: RUN, sensitive: [], ...LIMITS }, blobs);
      expect(await resolveKept(form, RUN, blobs)).toEqual({ answer: value });
      expect(outlinedOutputs(form)).toEqual({ answer: value });
    }
  });

  it('may have the reserved name: the value then travels by reference itself', async () => {
    const values = { [ELSEWHERE]: forged('b'.repeat(64)), id: 1 };
    const { form, again } = await kept(values);
    expect(form).toEqual({
      id: 1,
      [ELSEWHERE]: { parts: { [ELSEWHERE]: expect.objectContaining({ bytes: expect.any(Number) }) } },
    });
    expect(again).toEqual(values);
  });

  const json = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 'text', 'x'.repeat(50)),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(ELSEWHERE, 'parts', 'whole', 'blob', 'id', '__proto__'), tie('json'), {
        maxKeys: 4,
      }),
    ),
  })).json;

  it('comes back as it was, for any JSON, any marks and any limits', async () => {
    const cases = fc.record({
      values: fc.dictionary(fc.constantFrom(ELSEWHERE, 'parts', 'whole', 'id', 'a'), json, { maxKeys: 5 }),
      sensitive: fc.subarray([ELSEWHERE, 'id', '*', 'parts']),
      valueBytes: fc.integer({ min: 2, max: 80 }),
      inlineBytes: fc.integer({ min: 2, max: 160 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ values, sensitive, ...limits }) => {
        const blobs = new MemoryBlobs();
        const input = JSON.parse(JSON.stringify(values)) as JsonObject;
        const form = await keep(input, { run: RUN, sensitive, ...limits }, blobs);
        expect(await resolveKept(JSON.parse(JSON.stringify(form)) as KeptInput, RUN, blobs)).toEqual(input);
        const asInput = await keepInput(input, { run: RUN, sensitive }, blobs);
        expect(await resolveKept(asInput, RUN, blobs)).toEqual(input);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an input', () => {
  it.each<[string, Json]>([
    ['a list', [1, 2]],
    ['a text', 'secret'],
    ['nothing', null],
  ])('may be %s, sensitive or not', async (_what, input) => {
    const blobs = new MemoryBlobs();
    expect(await keepInput(input, { run: RUN, sensitive: [] }, blobs)).toEqual(input);
    const marked = await keepInput(input, { run: RUN, sensitive: ['*'] }, blobs);
    expect(marked).toEqual({ [ELSEWHERE]: { whole: { blob: expect.stringMatching(DIGEST), sensitive: true } } });
    expect(await resolveKept(marked, RUN, blobs)).toEqual(input);
  });

  it('stays in the journal up to 64 KiB', async () => {
    const blobs = new Counted();
    const input = { text: 'x'.repeat(60_000) };
    expect(await keepInput(input, { run: RUN, sensitive: [] }, blobs)).toBe(input);
    await keepInput({ text: 'x'.repeat(70_000) }, { run: RUN, sensitive: [] }, blobs);
    expect(blobs.puts).toHaveLength(1);
  });
});

describe('resolving', () => {
  it('fails by name where a blob is missing or is not as it was written, and tells no value', async () => {
    const { form, blobs } = await kept({ token: 'canary' }, ['token']);
    const id = elsewhereOf(form)?.parts?.['token']?.blob ?? '';
    await blobs.put(RUN, id, '"canarz"');
    const damaged = await resolveKept(form, RUN, blobs).catch((error: unknown) => error);
    expect(damaged).toMatchObject({ code: 'blob-damaged' });
    expect(String(damaged)).not.toContain('canar');
    await blobs.remove(RUN);
    await expect(resolveKept(form, RUN, blobs)).rejects.toMatchObject({ code: 'blob-missing' });
  });

  it('takes what is in place as it is, and resolves each path that is not', async () => {
    const { form, blobs } = await kept({ big: BIG });
    const small = { a: { id: 1 }, b: null };
    expect(await resolveRefs(small, RUN, blobs)).toBe(small);
    expect(await resolveRefs({ ...small, c: form }, RUN, blobs)).toEqual({ ...small, c: { big: BIG } });
  });
});

describe('showing', () => {
  it('fetches large values and marks sensitive ones, also of what was moved as a whole', async () => {
    const blobs = new MemoryBlobs();
    const limits = { valueBytes: 8_192, inlineBytes: 150 };
    const form: Kept = await keep({ big: BIG, pin: '1', id: 2 }, { run: RUN, sensitive: ['pin'], ...limits }, blobs);
    expect(elsewhereOf(form)?.whole).toBeDefined();
    const mark = { sensitive: true, digest: expect.stringMatching(DIGEST) };
    expect(await shownOutputs(form, RUN, blobs)).toEqual({ big: BIG, pin: mark, id: 2 });
  });
});

describe('the bound of what is in place', () => {
  const plan = (reads: number): number =>
    inlineBytesOf(
      planOf({ steps: [stepOf({ path: 'a', reads: Array.from({ length: reads }, (_, index) => `s${index}`) })] }),
    );

  it('is the threshold where few outputs meet, and shrinks with how many do', () => {
    expect([1, 24, 48, 1_000].map(plan)).toEqual([8_192, 8_192, 4_096, 196]);
  });

  it('counts the steps of a parallel and of the outputs of the workflow, too', () => {
    const names = Array.from({ length: 96 }, (_, index) => `s${index}`);
    const branches = names.map((step) => [{ kind: 'step', step } as const]);
    const parallel = planOf({ steps: [], rest: { flow: [{ kind: 'parallel', name: 'all', branches }] } });
    const closing = planOf({ steps: [], scopes: [scopeOf('', { reads: names })] });
    expect([inlineBytesOf(parallel), inlineBytesOf(closing)]).toEqual([2_048, 2_048]);
  });
});

describe('the size of a value', () => {
  it('is told exactly, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 200 }), (value, bytes) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(exceeds(json, bytes)).toBe(Buffer.byteLength(JSON.stringify(json)) > bytes);
      }),
    );
  });
});

/** What every store of shared values promises (lib/runtime/ports/shared-values.ts). Times are the caller's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SHARED_BYTES, type SharedValues } from '../../lib/runtime/ports/shared-values.ts';

export interface ValuesUnderTest {
  readonly values: SharedValues;
  /** Another scope over the same store. */
  readonly elsewhere: SharedValues;
  close(): Promise<void>;
}

const AT = 1_700_000_000_000;
const LATER = AT + 60_000;

export function sharedValuesContract(adapter: string, make: () => Promise<ValuesUnderTest>): void {
  describe(`shared values over ${adapter}`, () => {
    let stores: ValuesUnderTest;
    beforeAll(async () => {
      stores = await make();
    });
    afterAll(() => stores.close());

    it('gives nothing where nothing was written', async () => {
      expect(await stores.values.get('none', AT)).toBeUndefined();
      await stores.values.remove('none');
    });

    it('gives what was written last, until it ends', async () => {
      await stores.values.put('a', { text: 'one', at: AT, until: LATER });
      expect(await stores.values.put('a', { text: 'zwö \u{1F511}', at: AT, until: LATER + 1 })).toBe(true);
      expect(await stores.values.get('a', LATER)).toEqual({ text: 'zwö \u{1F511}', until: LATER + 1 });
      expect(await stores.values.get('a', LATER + 1)).toBeUndefined();
    });

    it('gives nothing of what was removed, and takes it anew', async () => {
      await stores.values.put('b', { text: 'one', at: AT, until: LATER, kept: true });
      await stores.values.remove('b');
      expect(await stores.values.get('b', AT)).toBeUndefined();
      await stores.values.put('b', { text: 'two', at: AT, until: LATER });
      expect(await stores.values.get('b', AT)).toMatchObject({ text: 'two' });
    });

    it('keeps scopes apart', async () => {
      await stores.values.put('c', { text: 'here', at: AT, until: LATER });
      expect(await stores.elsewhere.get('c', AT)).toBeUndefined();
    });

    it('takes a text as large as the port says and no larger one, which leaves what was there', async () => {
      const largest = { text: 'x'.repeat(MAX_SHARED_BYTES), at: AT, until: LATER };
      expect(await stores.values.put('d', largest)).toBe(true);
      expect(await stores.values.put('d', { ...largest, text: 'é'.repeat(MAX_SHARED_BYTES) })).toBe(false);
      expect((await stores.values.get('d', AT))?.text === largest.text).toBe(true);
    });
  });
}

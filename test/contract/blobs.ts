/** What every blob store does, in files as in a bucket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blobs } from '../../lib/runtime/ports/blobs.ts';

export interface BlobStores {
  /** Another process's view of the same store. */
  open(): Blobs;
  close(): Promise<void>;
}

const ONE = '1'.repeat(64);
const TWO = '2'.repeat(64);

export function describeBlobs(name: string, make: () => Promise<BlobStores>): void {
  describe(`blobs in ${name}`, () => {
    let stores: BlobStores;
    beforeAll(async () => {
      stores = await make();
    });
    afterAll(async () => {
      await stores.close();
    });

    it('gives back what was put, to another process, too', async () => {
      await stores.open().put('a1', ONE, '{"text":"äöü \u2028 \\u0000"}');
      expect(await stores.open().get('a1', ONE)).toBe('{"text":"äöü \u2028 \\u0000"}');
    });

    it('keeps a value of a megabyte', async () => {
      const body = JSON.stringify('x'.repeat(1_048_576));
      await stores.open().put('a2', ONE, body);
      expect((await stores.open().get('a2', ONE)) === body).toBe(true);
    });

    it('keeps an empty text', async () => {
      await stores.open().put('a3', ONE, '');
      expect(await stores.open().get('a3', ONE)).toBe('');
    });

    it('has nothing where nothing was put, and no blob of another run', async () => {
      await stores.open().put('b1', ONE, '1');
      expect(await stores.open().get('b1', TWO)).toBeUndefined();
      expect(await stores.open().get('b2', ONE)).toBeUndefined();
    });

    it('tells runs apart whose ids differ in case or begin alike', async () => {
      await stores.open().put('run', ONE, '1');
      await stores.open().put('RUN', ONE, '2');
      await stores.open().put('run-1', ONE, '3');
      await stores.open().remove('run');
      expect(await stores.open().get('run', ONE)).toBeUndefined();
      expect(await stores.open().get('RUN', ONE)).toBe('2');
      expect(await stores.open().get('run-1', ONE)).toBe('3');
    });

    it('takes the same blob twice, also at once', async () => {
      const blobs = stores.open();
      await Promise.all(Array.from({ length: 8 }, () => blobs.put('c1', ONE, '"same"')));
      await stores.open().put('c1', ONE, '"same"');
      expect(await blobs.get('c1', ONE)).toBe('"same"');
    });

    it('removes all of a run, and a run that has none', async () => {
      const blobs = stores.open();
      await Promise.all([blobs.put('d1', ONE, '1'), blobs.put('d1', TWO, '2')]);
      await blobs.remove('d1');
      await blobs.remove('d1');
      expect([await blobs.get('d1', ONE), await blobs.get('d1', TWO)]).toEqual([undefined, undefined]);
    });

    it('has one secret, the same for all processes, whoever asks first', async () => {
      const asked = await Promise.all(Array.from({ length: 6 }, () => stores.open().secret()));
      expect(new Set(asked).size).toBe(1);
      expect(asked[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(await stores.open().secret()).toBe(asked[0]);
    });

    it('refuses an id that is no digest, so that no name leads out of its run', async () => {
      await expect(stores.open().put('e1', '../secret', 'x')).rejects.toThrow('digest');
      await expect(stores.open().get('e1', `../${ONE}`)).rejects.toThrow('digest');
    });
  });
}

import { describe, expect, it } from 'vitest';
import { S3Blobs } from '../../lib/aws/blobs.ts';
import { describeBlobs } from '../contract/blobs.ts';
import { startS3 } from '../support/s3-emulator.ts';

describeBlobs('a bucket', async () => {
  const emulator = await startS3();
  return {
    open: () => new S3Blobs({ bucket: emulator.bucket, prefix: 'shop/', config: emulator.config() }),
    close: () => emulator.stop(),
  };
});

describe('blobs in a bucket', () => {
  const ID = 'a'.repeat(64);

  it('fail by name where the function has no bucket, before a client is loaded', async () => {
    await expect(new S3Blobs({}).get('r1', ID)).rejects.toMatchObject({ code: 'blob-bucket' });
  });

  it('fail with what the service says, without the value', async () => {
    const emulator = await startS3();
    try {
      const blobs = new S3Blobs({ bucket: 'another', config: emulator.config() });
      const failed = await blobs.put('r1', ID, '"canary"').catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'blob-store', message: expect.stringContaining('NoSuchBucket') });
      expect(String(failed)).not.toContain('canary');
    } finally {
      await emulator.stop();
    }
  });

  it('of two integrations in one bucket do not meet', async () => {
    const emulator = await startS3();
    try {
      const of = (prefix: string): S3Blobs =>
        new S3Blobs({ bucket: emulator.bucket, prefix, config: emulator.config() });
      await of('shop/').put('r1', ID, '"one"');
      expect(await of('bank/').get('r1', ID)).toBeUndefined();
      await of('bank/').remove('r1');
      expect(await of('shop/').get('r1', ID)).toBe('"one"');
      expect(await of('shop/').secret()).not.toBe(await of('bank/').secret());
    } finally {
      await emulator.stop();
    }
  });

  it('refuse a run id that would lead to other keys', async () => {
    await expect(new S3Blobs({ bucket: 'b', config: { region: 'x' } }).put('../r1', ID, '1')).rejects.toThrow();
  });
});

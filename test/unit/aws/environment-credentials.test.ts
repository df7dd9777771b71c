import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../lib/aws/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

describe("a function's credentials", () => {
  it('are those that Lambda has put into its environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' });
  });

  it('are missed by name where there are none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await expect(defaultProvider()()).rejects.toMatchObject({ code: 'credentials-missing' });
  });
});

/** What stands in for the SDK's cache of endpoints in the bundles: everything of it that a client may call, and no memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { EndpointCache } from '../../../lib/aws/no-endpoint-cache.ts';

it('has every method that the real one has', () => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@aws-sdk/endpoint-cache/package.json'));
  const text = readFileSync(join(folder, 'dist-es', 'EndpointCache.js'), 'utf8');
  const methods = [...text.matchAll(/^ {4}(\w+)\(.*\{$/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'constructor');
  expect(methods.length).toBeGreaterThan(4);
  expect(Object.getOwnPropertyNames(EndpointCache.prototype)).toEqual(expect.arrayContaining(methods));
});

it('remembers nothing', () => {
  const cache = new EndpointCache();
  cache.set();
  expect([cache.has(), cache.get(), cache.getEndpoint()]).toEqual([false, undefined, undefined]);
});

/** The library that makes examples of schemas, loaded for the first one: a run against real systems needs none. */
import { createRequire } from 'node:module';
import type * as Sampler from 'openapi-sampler';

let loaded: typeof Sampler | undefined;

export function sampler(): typeof Sampler {
  loaded ??= createRequire(import.meta.url)('openapi-sampler') as typeof Sampler;
  return loaded;
}

/**
 * Which keys of x-interlock work in this version. The schema has every key from the first day, so that editors know them;
 * one that is not here is refused (XIL005), never ignored: a run without it would break a promise. A list allows only
 * these values of the key.
 */
import { own, type Json } from '../model/json.ts';

export type PolicyOwner = 'sourceDescription' | 'workflow' | 'step';

type Support = { readonly [key: string]: true | readonly Json[] };

const supported: { readonly [owner in PolicyOwner]: Support } = {
  sourceDescription: {
    system: true,
    version: true,
    retry: true,
    timeouts: true,
    grace: true,
    breaker: true,
    rateLimit: true,
    concurrency: true,
  },
  workflow: { parallel: true, deadline: true, mode: ['standard'], onFailure: true, lock: true, sensitive: true },
  step: {
    retry: true,
    timeouts: true,
    idempotency: true,
    sensitive: true,
    compensate: true,
    probe: true,
    fallback: true,
    onChange: true,
    concurrency: true,
    forEach: true,
    poll: true,
    interaction: true,
  },
};

/** Whether the key, which the schema knows, works with this value. */
export function isSupported(owner: PolicyOwner, key: string, value: Json): boolean {
  const support = own(supported[owner], key);
  return support === true || (support?.includes(value) ?? false);
}

/** Whether the key works anywhere, with some value or with this one. */
export function isSupportedSomewhere(key: string, value?: Json): boolean {
  return Object.values(supported).some((keys) => {
    const support = own(keys, key);
    return support === true || (support !== undefined && (value === undefined || support.includes(value)));
  });
}

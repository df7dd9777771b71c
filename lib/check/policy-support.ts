/**
 * Which keys of x-interlock work in this version. The schema has every key from the first day, so that editors know them;
 * one that is not here is refused (XIL005), never ignored: a run without it would break a promise.
 */
import { own } from '../model/json.ts';

export type PolicyOwner = 'sourceDescription' | 'workflow' | 'step';

interface Members {
  /** Of an object, these; the others of its schema are not built yet. */
  readonly members: readonly string[];
}

type Support = { readonly [key: string]: true | Members };

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
    cache: true,
    contract: true,
    health: { members: ['path', 'every', 'timeout'] },
  },
  workflow: { parallel: true, deadline: true, mode: true, onFailure: true, lock: true, sensitive: true },
  step: {
    retry: true,
    timeouts: true,
    idempotency: true,
    sensitive: true,
    compensate: true,
    probe: true,
    fallback: true,
    onChange: true,
    cache: true,
    concurrency: true,
    forEach: true,
    poll: true,
    interaction: true,
  },
};

/** Whether the key, which the schema knows, works. */
export function isSupported(owner: PolicyOwner, key: string): boolean {
  return own(supported[owner], key) !== undefined;
}

/** Whether the member of a key, which itself is supported, works. */
export function isMemberSupported(owner: PolicyOwner, key: string, member: string): boolean {
  const support = own(supported[owner], key);
  return typeof support !== 'object' || support.members.includes(member);
}

/** Whether the key works anywhere. */
export function isSupportedSomewhere(key: string): boolean {
  return Object.values(supported).some((keys) => own(keys, key) !== undefined);
}

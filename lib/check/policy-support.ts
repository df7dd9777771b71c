/**
 * Which keys of x-interlock work in this version. The schema has every key from the first day, so that editors know them;
 * one that is not here is refused (XIL005), never ignored: a run without it would break a promise. A list allows only
 * these values of the key.
 */
import { own, type Json } from '../model/json.ts';

export type PolicyOwner = 'sourceDescription' | 'workflow' | 'step';

interface Members {
  /** Of an object, these; the others of its schema are not built yet. */
  readonly members: readonly string[];
}

type Support = { readonly [key: string]: true | readonly Json[] | Members };

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
    dependsOn: true,
    health: true,
    slo: true,
  },
  workflow: {
    parallel: true,
    deadline: true,
    mode: ['standard'],
    onFailure: true,
    lock: true,
    slo: true,
    sensitive: true,
  },
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

/** Whether the key, which the schema knows, works with this value. */
export function isSupported(owner: PolicyOwner, key: string, value: Json): boolean {
  return allows(own(supported[owner], key), value);
}

function allows(support: Support[string] | undefined, value: Json): boolean {
  if (support === undefined || support === true) return support === true;
  return 'members' in support || support.includes(value);
}

/** Whether the member of a key, which itself is supported, works. */
export function isMemberSupported(owner: PolicyOwner, key: string, member: string): boolean {
  const support = own(supported[owner], key);
  return typeof support !== 'object' || !('members' in support) || support.members.includes(member);
}

/** Whether the key works anywhere, with some value or with this one. */
export function isSupportedSomewhere(key: string, value?: Json): boolean {
  return Object.values(supported).some((keys) => {
    const support = own(keys, key);
    return value === undefined ? support !== undefined : allows(support, value);
  });
}

/**
 * What became of an attempt (run-contract section 2): one table, used by handlers, rehearsal and documentation alike.
 * A step's outcome is the worst of its attempts.
 */
export type Outcome = 'applied' | 'unwanted' | 'refused' | 'throttled' | 'not-sent' | 'in-doubt';

/** Whether something may stand at the system after it. */
export type EffectAfter = 'stands' | 'none' | 'may-stand';

export interface OutcomeRow {
  readonly outcome: Outcome;
  readonly when: string;
  readonly effect: EffectAfter;
}

export const OUTCOMES: { readonly [O in Outcome]: OutcomeRow } = {
  applied: { outcome: 'applied', when: 'a response whose criteria hold (none given: any 2xx)', effect: 'stands' },
  unwanted: {
    outcome: 'unwanted',
    when: 'a 2xx whose criteria do not hold, or that breaks the contract',
    effect: 'stands',
  },
  refused: { outcome: 'refused', when: 'a 4xx except 408, 425 and 429', effect: 'none' },
  throttled: { outcome: 'throttled', when: '429', effect: 'none' },
  'not-sent': {
    outcome: 'not-sent',
    when: 'connection refused, DNS, connect timeout, TLS handshake, breaker open, limiter, unresolved value',
    effect: 'none',
  },
  'in-doubt': {
    outcome: 'in-doubt',
    when: 'everything else: timeout, reset, 5xx, 3xx unless the criteria say otherwise, unparseable',
    effect: 'may-stand',
  },
};

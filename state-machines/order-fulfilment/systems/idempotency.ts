/**
 * Idempotency keys: the same key with the same request is done once and answered as the first time; with another
 * request it is refused. Refusals are kept and replayed like successes, as most real systems do, so whoever corrects a
 * request needs a new key. The look-up happens when the effect lands, not when the request arrives: a delayed first
 * attempt and its repeat therefore count as one.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../../lib/model/time.ts';
import { Problem } from './problem.ts';
import type { Answer } from './router.ts';

const retentionMs = 24 * 3_600_000;
const limit = 10_000;

interface Kept {
  readonly fingerprint: string;
  readonly answer: Answer;
  readonly until: number;
}

export interface Idempotency {
  /** `perform` happens at most once for a key; it returns refusals instead of throwing them. */
  once(key: string, fingerprint: string, perform: () => Answer): Answer;
  clear(): void;
}

export function createIdempotency(clock: Clock): Idempotency {
  const kept = new Map<string, Kept>();
  return {
    once: (key, fingerprint, perform) => {
      const first = kept.get(key);
      if (first !== undefined && first.until > clock.now()) return replay(first, fingerprint);
      const answer = perform();
      kept.delete(key); // So that a renewed key moves to the end, where the youngest are.
      kept.set(key, { fingerprint, answer, until: clock.now() + retentionMs });
      forgetOldest(kept);
      return answer;
    },
    clear: () => kept.clear(),
  };
}

export function fingerprintOf(method: string, pathname: string, body: string): string {
  return createHash('sha256').update(`${method} ${pathname}\n${body}`).digest('base64');
}

function replay(first: Kept, fingerprint: string): Answer {
  if (first.fingerprint !== fingerprint) {
    throw new Problem(422, 'idempotency-key-reused', 'This Idempotency-Key was used with another request.');
  }
  return { ...first.answer, headers: { ...first.answer.headers, 'Idempotent-Replayed': 'true' } };
}

function forgetOldest(kept: Map<string, Kept>): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}

/**
 * A call lands: under its key once, and wholly or not at all. What a handler throws is its answer. Nothing here knows how
 * the call came or whether anybody waits for the answer.
 */
import type { Idempotency } from './idempotency.ts';
import { answerOf, Problem } from './problem.ts';
import type { Answer, Call, Route } from './router.ts';

export interface Arrived {
  readonly route: Route;
  readonly call: Call;
  /** Of the request: a key stands for one request only. */
  readonly fingerprint: string;
}

export function land(idempotency: Idempotency, { route, call, fingerprint }: Arrived): Answer {
  const perform = (): Answer => answered(() => route.handle(call));
  if (call.idempotencyKey === undefined || route.method === 'GET' || route.open === true) return perform();
  const key = call.idempotencyKey;
  return answered(() => idempotency.once(key, fingerprint, perform));
}

function answered(action: () => Answer): Answer {
  try {
    return action();
  } catch (error) {
    return refusal(error);
  }
}

export function refusal(error: unknown): Answer {
  if (error instanceof Problem) return answerOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  return answerOf(new Problem(500, 'internal-error', `The demo server has a bug: ${detail}`));
}

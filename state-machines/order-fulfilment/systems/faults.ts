/**
 * Faults on demand: what shall happen to the next calls of an operation. A fault has two independent halves, because
 * that is how the world fails: whether and when the effect lands, and what the caller gets to see and when. "The answer
 * was lost" is an effect that lands and a dropped answer; "it landed late" is an effect after the caller gave up.
 */
import { integer, oneOf, optional, record, type Shape, text } from './shape.ts';
import { Problem } from './problem.ts';

const day = 86_400_000;

export interface Fault {
  /** An operationId, or `*` for all. */
  readonly operation: string;
  /** How many calls it is for. */
  readonly times: number;
  readonly effect: 'lands' | 'none';
  readonly effectAfterMs: number;
  /** `normal`: the true answer; `drop`: the connection is closed; a number: that status, whatever happened. */
  readonly answer: 'normal' | 'drop' | number;
  readonly answerAfterMs: number;
  readonly retryAfterSeconds: number | undefined;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault for a call of this operation that arrives now; it is used up by that. */
  take(operation: string): Fault | undefined;
  list(): readonly Fault[];
  /** By how much every answer is late. */
  latencyMs(): number;
  slowDown(latencyMs: number): void;
  clear(): void;
}

export function createFaults(latencyMs = 0): Faults {
  let faults: readonly Fault[] = [];
  let latency = latencyMs;
  return {
    add: (fault) => {
      if (faults.length >= 1000) throw new Problem(422, 'too-many-faults', 'At most 1000 faults may wait.');
      faults = [...faults, fault];
    },
    take: (operation) => {
      const taken = faults.find((fault) => fault.operation === operation || fault.operation === '*');
      faults = faults.map((fault) => (fault === taken ? { ...fault, times: fault.times - 1 } : fault));
      faults = faults.filter((fault) => fault.times > 0);
      return taken;
    },
    list: () => faults,
    latencyMs: () => latency,
    slowDown: (ms) => {
      latency = ms;
    },
    clear: () => {
      faults = [];
      latency = latencyMs;
    },
  };
}

/** What `POST /__faults` takes; everything but the operation has a default. */
export interface FaultRequest {
  readonly operation: string | undefined;
  readonly times: number | undefined;
  readonly effect: 'lands' | 'none' | undefined;
  readonly effectAfterMs: number | undefined;
  readonly answer: 'normal' | 'drop' | number | undefined;
  readonly answerAfterMs: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly latencyMs: number | undefined;
}

const answerShape: Shape<'normal' | 'drop' | number> = (value, pointer, report) =>
  typeof value === 'number'
    ? integer({ min: 400, max: 599 })(value, pointer, report)
    : oneOf('normal', 'drop')(value, pointer, report);

export const faultRequest: Shape<FaultRequest> = record<FaultRequest>({
  operation: optional(text()),
  times: optional(integer({ min: 1, max: 1_000_000 })),
  effect: optional(oneOf('lands', 'none')),
  effectAfterMs: optional(integer({ min: 0, max: day })),
  answer: optional(answerShape),
  answerAfterMs: optional(integer({ min: 0, max: day })),
  retryAfterSeconds: optional(integer({ min: 0, max: 86_400 })),
  latencyMs: optional(integer({ min: 0, max: 60_000 })),
});

/** The fault that a request asks for. Refuses the one combination that would be a lie: success without an effect. */
export function faultFrom(request: FaultRequest, operation: string): Fault {
  const answer = request.answer ?? 'normal';
  // A failure is expected to have done nothing unless said otherwise; a lost or slow answer is about an effect.
  const effect = request.effect ?? (typeof answer === 'number' ? 'none' : 'lands');
  if (effect === 'none' && answer === 'normal') {
    throw new Problem(422, 'invalid-request', 'Without an effect the answer must be `drop` or a status.');
  }
  return {
    operation,
    times: request.times ?? 1,
    effect,
    effectAfterMs: request.effectAfterMs ?? 0,
    answer,
    answerAfterMs: request.answerAfterMs ?? 0,
    retryAfterSeconds: request.retryAfterSeconds,
  };
}

import type { Plan, PlanStep } from '../../model/plan.ts';

/** A message that a step has begun to wait for, and that is not there yet. */
export interface Awaited {
  readonly run: string;
  readonly plan: Plan;
  readonly step: PlanStep;
  /** Of the description. */
  readonly source: string;
  readonly channel: string;
  readonly correlation?: string;
  /** Until when. */
  readonly until: number;
}

/** Who sends what runs wait for, where nobody else does: simulated systems. Never rejects. */
export interface Senders {
  /** Nobody waits yet, and somebody is about to. */
  about?(message: Awaited): Promise<void>;
  /** Somebody waits. Never waits itself. */
  awaited(message: Awaited): void;
}

/**
 * How near a machine comes to the quotas of Step Functions: the size of its definition, the largest payload that outputs
 * in place may come to, and the events of its history. Bounds, not measurements: no run may be beyond them.
 */
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Plan } from '../model/plan.ts';
import { inlineBytesOf } from '../runtime/inline-budget.ts';
import { DEFAULTS } from '../model/defaults.ts';
import { statesEntered } from './cost.ts';

export interface Quota {
  readonly used: number;
  readonly limit: number;
}

export interface Quotas {
  readonly definitionBytes: Quota;
  readonly payloadBytes: Quota;
  /** Of the happy path; standard workflows. */
  readonly historyEvents: Quota;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const DEFINITION_BYTES = 1024 * 1024;
const PAYLOAD_BYTES = 256 * 1024;
const HISTORY_EVENTS = 25_000;

/** Scheduled, started, ended, and the state entered and left. */
const EVENTS_OF_TASK = 5;
/** The execution itself begins and ends. */
const EVENTS_OF_EXECUTION = 2;
/** A payload's frame: ids, counts, the names of steps. */
const FRAME_BYTES = 4_096;
/** What stands in a payload for an output that travels by reference. */
const REFERENCE_BYTES = 200;

export function quotasOf(plan: Plan, machine: StateMachineDefinition): Quotas {
  return {
    definitionBytes: { used: new TextEncoder().encode(JSON.stringify(machine)).length, limit: DEFINITION_BYTES },
    payloadBytes: { used: FRAME_BYTES + gatheredBytes(plan), limit: PAYLOAD_BYTES },
    historyEvents: { used: eventsOf(machine), limit: HISTORY_EVENTS },
  };
}

function eventsOf(machine: StateMachineDefinition): number {
  const { over, items, batch } = DEFAULTS.forEach;
  return statesEntered(machine, Math.max(over, items / batch)) * EVENTS_OF_TASK + EVENTS_OF_EXECUTION;
}

/** What one task is handed of other steps, where it is most: each in place up to its share, else by reference. */
function gatheredBytes(plan: Plan): number {
  const inline = inlineBytesOf(plan);
  const bytesOf = (path: string): number =>
    Math.max(inline, Object.keys(plan.steps[path]?.outputs ?? {}).length * REFERENCE_BYTES);
  const lists = [...Object.values(plan.steps), ...Object.values(plan.scopes)].map(({ reads }) => reads);
  return Math.max(0, ...lists.map((reads) => reads.reduce((sum, path) => sum + bytesOf(path), 0)));
}

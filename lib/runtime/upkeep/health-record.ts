/**
 * What answers after a system's health come to, one after the other: so many bad ones in a row make it unwell, so many good
 * ones well again. Kept under the system's identity, so that all who ask count together and whoever looks sees it. Where
 * the store fails, each answer stands for itself.
 */
import { Failure } from '../../model/failure.ts';
import type { PlanHealth, PlanSystem } from '../../model/plan.ts';
import type { HealthAnswer } from '../../model/upkeep-task.ts';
import type { SharedValues } from '../ports/shared-values.ts';
import { sharedKeysOf } from '../protect/target.ts';
import { askHealth, type HealthPorts } from './health.ts';

export interface HealthRecord {
  readonly state: 'well' | 'unwell';
  /** Answers in a row, up to now, that say otherwise. */
  readonly against: number;
  readonly since: number;
  /** Of the last answer. */
  readonly at: number;
  readonly why: string;
}

export interface RecordingPorts extends HealthPorts {
  readonly healths: SharedValues;
}

/** Asked now, and counted with the answers before. */
export async function checkHealth(system: PlanSystem, ports: RecordingPorts): Promise<HealthAnswer> {
  const answer = await askHealth(system, ports);
  const { health } = system;
  if (answer.state === 'unknown' || !health) return answer;
  const { key } = sharedKeysOf(system, ports.environments.system(system.name));
  const at = ports.clock.now();
  try {
    const before = await healthRecord(key, at, ports.healths);
    const record = nextRecord(before, { state: answer.state, why: answer.why, at }, health);
    await ports.healths.put(key, { text: JSON.stringify(record), at, until: at + keptMs(health), kept: true });
    return { ...answer, state: record.state, why: whyCounted(answer, record, health) };
  } catch (error) {
    if (error instanceof Failure) return answer;
    throw error;
  }
}

export async function healthRecord(key: string, at: number, healths: SharedValues): Promise<HealthRecord | undefined> {
  const kept = await healths.get(key, at);
  // Only this file writes them.
  return kept && (JSON.parse(kept.text) as HealthRecord);
}

interface Said {
  readonly state: 'well' | 'unwell';
  readonly why: string;
  readonly at: number;
}

/** Of a system of which nothing is known yet a bad answer is the first in a row: it was not unwell before. */
export function nextRecord(before: HealthRecord | undefined, said: Said, health: PlanHealth): HealthRecord {
  const { state, why, at } = said;
  const known = before ?? { state: 'well', against: 0, since: at };
  if (state === known.state) return { state, against: 0, since: known.since, at, why };
  const against = known.against + 1;
  return against >= neededFor(state, health)
    ? { state, against: 0, since: at, at, why }
    : { state: known.state, against, since: known.since, at, why };
}

function neededFor(state: 'well' | 'unwell', { unhealthyAfter = 1, healthyAfter = 1 }: PlanHealth): number {
  return state === 'unwell' ? unhealthyAfter : healthyAfter;
}

function whyCounted({ state, why }: HealthAnswer, record: HealthRecord, health: PlanHealth): string {
  if (state === 'unknown' || state === record.state) return why;
  return `${why}: ${record.against} of ${neededFor(state, health)} such answers in a row, so it still counts as ${record.state}`;
}

const LEAST_KEPT_MS = 3_600_000;

/** Nobody has asked for longer than it would take to change its state: nothing is known. */
function keptMs(health: PlanHealth): number {
  const most = Math.max(neededFor('well', health), neededFor('unwell', health));
  return Math.max(LEAST_KEPT_MS, (most + 2) * health.everyMs);
}

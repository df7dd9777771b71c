/** Invariants 7 and 8: every failure leaves its trace, no secret does; and nothing in our own house broke. */
import { viewFromRecord } from '../../runtime/view.ts';
import type { Evidence } from '../evidence.ts';
import { type Violation, violations } from './violation.ts';

export function failuresLeaveTraces(evidence: Evidence): readonly Violation[] {
  const { record, bugs } = evidence;
  const { phase, error } = record.header;
  const silent = phase !== 'succeeded' && phase !== 'forward' && error === undefined;
  return violations(7, [
    ...(silent ? [`the run is ${phase}, and its record does not say why`] : []),
    ...bugs.map(({ message, stack }) => `a handler broke: ${message}\n${stack ?? ''}`),
    ...wronglyShown(evidence),
    ...wronglyEnded(evidence),
  ]);
}

function wronglyShown({ record, plans, now }: Evidence): readonly string[] {
  const { status, steps } = viewFromRecord(record, plans, now);
  const { phase } = record.header;
  const running = steps.filter((step) => step.status === 'running');
  return [
    ...(status === phase ? [] : [`the run is ${phase} and shown as ${status}`]),
    ...running.map(({ path }) => `the run is over, and ${path} is shown as running`),
  ];
}

/** An execution that ended well belongs to a run that did. */
function wronglyEnded({ histories, record }: Evidence): readonly string[] {
  if (record.header.phase === 'succeeded') return [];
  return [...histories].flatMap(([id, events]) =>
    events.at(-1)?.type === 'ExecutionSucceeded' ? [`${id} succeeded, and the run is ${record.header.phase}`] : [],
  );
}

export function noSecretIsKept(evidence: Evidence, secrets: readonly string[]): readonly Violation[] {
  const { record, letters, events, log, histories, audits } = evidence;
  const kept = { record, letters, events, log, audits, histories: [...histories.values()] };
  // Histories share their values: each is looked at once.
  const seen = new Set<object>();
  return violations(
    8,
    Object.entries(kept).flatMap(([where, value]) =>
      holdsAny(value, secrets, seen) ? [`a secret stands in the run's ${where}`] : [],
    ),
  );
}

function holdsAny(value: unknown, secrets: readonly string[], seen: Set<object>): boolean {
  if (typeof value === 'string') return isIn(value, secrets);
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const one of value) if (holdsAny(one, secrets, seen)) return true;
    return false;
  }
  for (const [name, one] of Object.entries(value))
    if (secrets.includes(name) || holdsAny(one, secrets, seen)) return true;
  return false;
}

/** The loop of all loops here: a scenario leaves thousands of texts, most of them shorter than any secret. */
function isIn(text: string, secrets: readonly string[]): boolean {
  for (const secret of secrets) if (text.length >= secret.length && text.includes(secret)) return true;
  return false;
}

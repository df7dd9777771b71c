/** The audit trail as lines, one per entry: when, who, what; digests by their beginning, since --json has them whole. */
import { isObject, type Json } from '../model/json.ts';
import type { TrailEntry } from '../model/run.ts';
import { millis } from './render-run.ts';
import type { Ink } from './terminal.ts';

export function renderTrail(trail: readonly TrailEntry[], ink: Ink): string {
  const lines = trail.map((entry) => `  ${ink.dim(timeText(entry.at))}  ${entryText(entry, ink)}`.trimEnd());
  return ['audit trail (UTC)', ...lines, ''].join('\n');
}

function timeText(at: string): string {
  return at.replace('T', ' ').replace('Z', '');
}

function entryText(entry: TrailEntry, ink: Ink): string {
  const { what, by, result, error } = entry;
  const because = error === undefined ? '' : `: ${error.message}`;
  switch (what) {
    case 'started':
      return `started by ${by}`;
    case 'attempt':
      return attemptText(entry, ink);
    case 'outcome':
      return `${stepText(entry)} ${ink.bold(result ?? '')}${because}`;
    case 'decision':
      return `${stepText(entry)} is ${ink.bold(result ?? '')}, says ${by}${because}${noteText(entry)}`;
    case 'undo':
      return `undo of ${stepText(entry)} ${ink.bold(result ?? '')}${by === undefined ? '' : ` by ${by}`}${because}${noteText(entry)}`;
    case 'action':
    case 'late-answer':
      return `${by}: ${ink.bold(result ?? '')}${actionText(entry)}${noteText(entry)}`;
    case 'ended':
      return `ended as ${ink.bold(result ?? '')}${because}`;
  }
}

function attemptText({ of, attempt, ...entry }: TrailEntry, ink: Ink): string {
  const { outcome, status, ms, requestDigest, responseDigest } = attempt ?? { outcome: '', ms: 0 };
  const whose = of === 'step' ? stepText(entry) : `${of} of ${stepText(entry)}`;
  const answer = [outcome, status].filter((one) => one !== undefined).join(' ');
  const digests = [
    requestDigest === undefined ? '' : `request ${requestDigest.slice(0, 12)}`,
    responseDigest === undefined ? '' : `response ${responseDigest.slice(0, 12)}`,
  ].filter(Boolean);
  return `${whose}: ${answer} in ${millis(ms)}  ${ink.dim(digests.join(' '))}`;
}

function stepText({ step, visit = 1, generation = 0 }: Pick<TrailEntry, 'step' | 'visit' | 'generation'>): string {
  const more = [visit > 1 ? `visit ${visit}` : '', generation > 0 ? `anew ${generation}` : ''].filter(Boolean);
  return more.length === 0 ? `${step}` : `${step} (${more.join(', ')})`;
}

function actionText({ step, visit, detail }: TrailEntry): string {
  const where = step === undefined ? '' : ` ${stepText({ step, ...(visit !== undefined && { visit }) })}`;
  return `${where}${detail === undefined ? '' : ` ${detailText(detail)}`}`;
}

/** Plain words: members by their names, what is true by its name alone, what is not left out. */
function detailText(detail: Json): string {
  return typeof detail === 'string' ? `(${detail})` : `(${wordsOf(detail).join(', ')})`;
}

function wordsOf(detail: Json): readonly string[] {
  if (!isObject(detail)) return detail === false || detail === null ? [] : [detail === true ? '' : String(detail)];
  return Object.entries(detail).flatMap(([name, value]) => wordsOf(value).map((word) => `${name} ${word}`.trim()));
}

function noteText({ note }: TrailEntry): string {
  return note === undefined ? '' : ` "${note}"`;
}

/**
 * What waits for people as lines: dead letters as a table with what has become of each run, one letter with all that an
 * operator needs, and the steps that wait for an answer.
 */
import { isObject, type Json } from '../model/json.ts';
import type { LetterState, LetterView, UnclaimedMessage, WaitView } from '../model/run.ts';
import { commandLine, type Suggesting } from './render-next.ts';
import { paintStatus } from './render-run.ts';

export function renderLetters(letters: readonly LetterView[], suggesting: Suggesting): string {
  const [first] = letters;
  if (!first) return 'No dead letters: no run has needed an operator here.\n';
  const width = Math.max(...letters.map(({ run }) => run.length));
  const lines = letters.map(({ id, at, run, state, letter }) => {
    const reason = isObject(letter) && typeof letter['reason'] === 'string' ? letter['reason'] : 'unsettled';
    return `${id}  ${paintState(state, suggesting)}  ${run.padEnd(width)}  ${reason.padEnd(11)}  ${at}`;
  });
  const next = letters.find(({ state }) => state === 'open') ?? first;
  return [
    ...lines,
    `Next: ${commandLine(`interlock queue show ${next.id}`, suggesting)} tells what is left and what to run.`,
    '',
  ].join('\n');
}

/** A step that waits, with the run that it is of. */
export interface RunWait extends WaitView {
  readonly run: string;
}

export function renderWaits(waits: readonly RunWait[], suggesting: Suggesting): string {
  const [first] = waits;
  if (!first) return '';
  const width = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  const [runs, steps] = [width(waits.map(({ run }) => run)), width(waits.map(named))];
  const lines = waits.map((wait) => {
    const title = wait.title === undefined ? '' : `: ${wait.title}`;
    return `  ${wait.run.padEnd(runs)}  ${named(wait).padEnd(steps)}  ${wait.type.padEnd(11)}  until ${wait.until}${title}`;
  });
  const show = commandLine(`interlock runs show ${first.run}`, suggesting);
  return ['Steps that wait for a person:', ...lines, `Next: ${show} tells what is asked and how to answer.`, ''].join(
    '\n',
  );
}

export function renderUnclaimed(unclaimed: readonly UnclaimedMessage[]): string {
  if (unclaimed.length === 0) return '';
  const lines = unclaimed.map(
    ({ digest, integration, source, channel, at }) =>
      `  ${digest.slice(0, 12)}  over ${channel} of ${source}, for ${integration}  came ${at}`,
  );
  return ['Messages that nobody took in their day:', ...lines, ''].join('\n');
}

function named({ step, visit }: WaitView): string {
  return visit > 1 ? `${step} (visit ${visit})` : step;
}

function paintState(state: LetterState, { ink }: Suggesting): string {
  const padded = state.padEnd(10);
  return state === 'open' ? ink.red(padded) : ink.dim(padded);
}

const STATES: { readonly [S in LetterState]: string } = {
  open: 'open: its run needs an operator',
  superseded: 'superseded: a newer letter says what its run needs by now',
  'under-way': 'under way: its run goes on',
  settled: 'settled: its run is over, and nothing is left to do',
};

export function renderLetter({ id, at, run, state, status, letter }: LetterView, suggesting: Suggesting): string {
  const { ink } = suggesting;
  const line = (command: string): string => commandLine(command, suggesting);
  const next =
    state === 'settled'
      ? `${line(`interlock queue discard ${id} --note "..."`)} throws it away`
      : `${line(`interlock runs show ${run}`)} tells how the run is now; ${line(`interlock queue redrive ${id}`)} settles it once more`;
  return [
    `letter ${ink.bold(id)} of ${at}`,
    `  ${STATES[state]}`,
    `  run ${run} ${paintStatus(status, ink)}`,
    'as it was sent',
    ...JSON.stringify(shown(letter), null, 2)
      .split('\n')
      .map((text) => `  ${text}`),
    `Next: ${next}.`,
    '',
  ].join('\n');
}

/** What the head of the page says already is left out. */
function shown(letter: Json): Json {
  if (!isObject(letter)) return letter;
  const { run: _run, status: _status, ...rest } = letter;
  return rest;
}

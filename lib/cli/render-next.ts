/**
 * What to do next with a run, as lines that can be copied: what is left of it against everybody's will, and the commands
 * that answer. Every command names the data folder where the one before did.
 */
import { stepOfPath } from '../model/item-path.ts';
import type { OpenEffect, RunView, WaitView } from '../model/run.ts';
import type { Ink } from './terminal.ts';

export interface Suggesting {
  readonly ink: Ink;
  /** As it was given with --data. */
  readonly data: string | undefined;
}

export function renderNext(view: RunView, suggesting: Suggesting): string {
  const { runId, status, attention } = view;
  const line = (command: string): string => commandLine(command, suggesting);
  switch (status) {
    case 'succeeded':
      return `Next: ${line(`interlock runs show ${runId}`)} tells every request of it.\n`;
    case 'compensated':
    case 'failed':
      return `Next: ${line(`interlock retry ${runId}`)} runs it again, with --input for a corrected input; ${line(`interlock runs show ${runId}`)} tells all that was done.\n`;
    case 'needs-attention':
      return attention ? renderAttention(view, suggesting) : '';
    case 'waiting':
      if (view.waitsFor?.[0]) return renderWaiting(view.waitsFor[0], view, suggesting);
      return underWay(runId, line);
    default:
      return underWay(runId, line);
  }
}

function renderWaiting({ step, type }: WaitView, { runId }: RunView, suggesting: Suggesting): string {
  const more = type === 'form' ? ` --input '{...}'` : '';
  const approve = commandLine(`interlock approve ${runId} ${step}${more}`, suggesting);
  const reject = commandLine(`interlock reject ${runId} ${step}`, suggesting);
  return `Next: ${approve} lets it go on; ${reject} does not.\n`;
}

function underWay(runId: string, line: (command: string) => string): string {
  return `Next: ${line(`interlock runs show ${runId}`)} tells how far it is; ${line(`interlock cancel ${runId}`)} ends it.\n`;
}

const MEANINGS: readonly (readonly [word: string, says: string])[] = [
  ['undone', 'it is gone: undone by hand, or it never was'],
  ['applied', 'it did happen: undo it'],
  ['ignore', 'it may stay'],
];

/** Of one list; the others are counted. */
const MOST_ITEMS = 5;

function renderAttention({ runId, reason, attention }: RunView, suggesting: Suggesting): string {
  const stands = new Set(attention?.stands);
  const left = [...stands, ...(attention?.inDoubt ?? [])];
  const lists = Map.groupBy(left, ({ step, visit }) => `${stepOfPath(step)}.${visit}`);
  const told = [...lists.values()].flatMap((effects) => [
    ...effects.slice(0, MOST_ITEMS).flatMap((effect) => effectLines(effect, stands.has(effect), suggesting)),
    ...othersLine(effects.length - MOST_ITEMS, effects[0]),
  ]);
  const more = attention?.more === undefined ? [] : [`  and ${attention.more} more that there is no room to tell of`];
  const ofLists = (attention?.commands ?? []).filter((command) => command.startsWith('interlock resolve'));
  const atOnce =
    ofLists.length === 0 ? [] : ['  All open items of a list at once:', ...answerLines(ofLists, suggesting)];
  const next = `Next: ${nextFor(runId, reason, suggesting)}`;
  return ['What is left of it:', ...told, ...more, ...atOnce, next, ''].join('\n');
}

function othersLine(others: number, effect: OpenEffect | undefined): readonly string[] {
  return others > 0 && effect ? [`  and ${others} more items of ${stepOfPath(effect.step)}`] : [];
}

function effectLines(effect: OpenEffect, stands: boolean, suggesting: Suggesting): readonly string[] {
  const { step, visit, system, operation, fate, why, look, commands } = effect;
  const { ink } = suggesting;
  const named = visit > 1 ? `${step} (visit ${visit})` : step;
  const because = why === undefined ? fate : `${fate}: ${why}`;
  const head = `  ${ink.bold(named)} ${stands ? 'stands' : 'may stand'} at ${system} (${operation}), ${because}`;
  // What waits for others is settled with them; what is held is the whole run's.
  if (fate === 'blocked' || fate === 'held') return [head];
  return [head, `    ${look}`, ...answerLines(commands, suggesting)];
}

function answerLines(commands: readonly string[], suggesting: Suggesting): readonly string[] {
  const width = Math.max(...commands.map((command) => commandLine(command, suggesting).length));
  return commands.map((command) => {
    const says = MEANINGS.find(([word]) => command.includes(` ${word} --note`))?.[1] ?? '';
    return `    ${commandLine(command, suggesting).padEnd(width)}  ${suggesting.ink.dim(says)}`.trimEnd();
  });
}

function nextFor(runId: string, reason: string | undefined, suggesting: Suggesting): string {
  const line = (command: string): string => commandLine(command, suggesting);
  const undo = line(`interlock undo ${runId}`);
  if (reason === 'held') return `${undo} undoes what it holds; ${line(`interlock retry ${runId}`)} goes on from there.`;
  if (reason === 'undo-failed')
    return `${undo} tries again what failed; or say by interlock resolve what became of it.`;
  return 'look it up at the system, and say by interlock resolve what became of it.';
}

/** With the data folder that it is about. */
export function commandLine(command: string, { data }: Pick<Suggesting, 'data'>): string {
  return data === undefined ? command : `${command} --data ${shellWord(data)}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

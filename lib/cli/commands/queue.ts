/**
 * `interlock queue`: what waits for people on this machine. Dead letters: list, show, drive once more, throw away; and, in
 * the list, the steps that wait for a person, which `approve` and `reject` answer.
 */
import type { Session } from '../../embedded/session.ts';
import type { LetterView } from '../../model/run.ts';
import { type Command, type Invocation, usageFailure } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { codeFor, inSession, OPERATOR_OPTIONS, operateOn, requireNote, tellView } from '../operating.ts';
import { renderLetter, renderLetters, renderUnclaimed, renderWaits, type RunWait } from '../render-letters.ts';
import { LIMIT_OPTION, limitOf } from '../run-operand.ts';
import { inkFor } from '../terminal.ts';

/** By the word that stands first; without one: list. */
const ACTIONS: { readonly [word: string]: (session: Session, invocation: Invocation) => Promise<ExitCode> } = {
  list,
  show: async (session, invocation) => show(await letterNamed(session, invocation), invocation),
  redrive: async (session, invocation) => redrive(session, invocation, await letterNamed(session, invocation)),
  discard: async (session, invocation) => discard(session, invocation, await letterNamed(session, invocation)),
};

export const queueCommand: Command = {
  name: 'queue',
  summary:
    'The dead letters of this machine: runs that needed an operator, and how they are by now; the steps that wait for a person; messages that nobody took. redrive settles a run once more, discard throws its letter away.',
  operands: '[list | show ID | redrive ID | discard ID]',
  operandRange: [0, 2],
  options: {
    limit: LIMIT_OPTION,
    ...OPERATOR_OPTIONS,
    json: {
      type: 'boolean',
      says: 'Print one JSON value on stdout: letters, waits and messages that nobody took, a letter, or the run view.',
    },
  },
  examples: [
    { line: 'interlock queue', says: 'The last twenty letters, newest first, and who is waited for until when.' },
    { line: 'interlock queue show 3f9c', says: 'What stands, why nobody could undo it, and what to run.' },
    {
      line: 'interlock queue redrive 3f9c',
      says: 'Try again what could not be undone; the letter goes if that helps.',
    },
    {
      line: 'interlock queue discard 3f9c --note "settled with the bank"',
      says: 'Nothing is undone; the run keeps the note.',
    },
  ],
  async run(invocation) {
    const [word = 'list', id] = invocation.operands;
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    const remedy = 'Run `interlock queue --help` for what it does.';
    if (!action) throw usageFailure(`queue does not ${word}`, remedy);
    if ((word === 'list') !== (id === undefined)) {
      throw usageFailure(word === 'list' ? 'queue list takes no operand' : `queue ${word} needs a letter's id`, remedy);
    }
    if (word === 'discard') requireNote(invocation, 'queue discard');
    return await inSession(invocation, (session) => action(session, invocation));
  },
};

async function list(session: Session, { options, terminal }: Invocation): Promise<ExitCode> {
  const limit = limitOf(options.text('limit'));
  const letters = await session.letters({ limit });
  const waits = await waitsIn(session, limit);
  const unclaimed = await session.unclaimed(limit);
  const suggesting = { ink: inkFor(terminal.colour.out), data: options.text('data') };
  const isOther = letters.length === 0 && waits.length + unclaimed.length > 0;
  const text = (): string =>
    `${isOther ? '' : renderLetters(letters, suggesting)}${renderWaits(waits, suggesting)}${renderUnclaimed(unclaimed)}`;
  terminal.out(options.flag('json') ? `${JSON.stringify({ letters, waits, unclaimed })}\n` : text());
  return ExitCode.Ok;
}

/** Whether a run waits shows only when it is looked at, so no more than these are: the youngest that go on. */
const MOST_LOOKED_AT = 200;

async function waitsIn(session: Session, limit: number): Promise<readonly RunWait[]> {
  const { runs } = await session.list({ phases: ['forward'], limit: MOST_LOOKED_AT });
  const found: RunWait[] = [];
  for (const { runId } of runs) {
    if (found.length >= limit) break;
    const view = await session.view(runId);
    for (const wait of view?.waitsFor ?? []) found.push({ run: runId, ...wait });
  }
  return found.slice(0, limit);
}

/** Of two that begin so, neither is meant. */
async function letterNamed(session: Session, { operands }: Invocation): Promise<LetterView> {
  const id = operands[1] ?? '';
  const [only, ...others] = id === '' ? [] : await session.letters({ id, limit: 10 });
  if (!only) throw usageFailure(`There is no dead letter ${id}`, 'Run `interlock queue` for those that are.');
  if (others.length === 0) return only;
  const ids = [only, ...others].map((letter) => letter.id).join(', ');
  throw usageFailure(`${id} is the beginning of several letters: ${ids}`, 'Write more of it.');
}

function show(letter: LetterView, { options, terminal }: Invocation): ExitCode {
  const text = (): string => renderLetter(letter, { ink: inkFor(terminal.colour.out), data: options.text('data') });
  terminal.out(options.flag('json') ? `${JSON.stringify(letter)}\n` : text());
  return ExitCode.Ok;
}

async function redrive(session: Session, invocation: Invocation, { id, run, status }: LetterView): Promise<ExitCode> {
  const operated = await operateOn(session, invocation, { run, status, act: { verb: 'redrive', letter: id } });
  if (operated.kind === 'invalid') throw usageFailure('A letter has no input', 'Run `interlock queue --help`.');
  if (operated.removed.length > 0) invocation.terminal.error(`removed ${lettersText(operated.removed)}\n`);
  tellView(operated.view, invocation);
  return codeFor('redrive', operated.view);
}

async function discard(session: Session, invocation: Invocation, { id, run, status }: LetterView): Promise<ExitCode> {
  const operated = await operateOn(session, invocation, { run, status, act: { verb: 'discard', letter: id } });
  if (operated.kind === 'invalid') throw usageFailure('A letter has no input', 'Run `interlock queue --help`.');
  invocation.terminal.error(`discarded letter ${id}; the run ${run} keeps your note\n`);
  tellView(operated.view, invocation);
  return ExitCode.Ok;
}

function lettersText(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'letter' : 'letters'} ${ids.join(', ')}`;
}

/**
 * Looks for messages that nobody took in their time, in mailboxes that nobody touches any more. Of a message it tells first
 * and removes it after that, so none goes without a word; where somebody dies in between, or two clear at once, it is told
 * twice. Which boxes are due their store knows.
 */
import type { Clock } from '../../model/time.ts';
import { type Changed, isFresh, swept } from '../mailbox.ts';
import type { DueBox, DueBoxes, Letter, Mailbox } from '../ports/mailboxes.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { tellGone } from '../unclaimed.ts';

export interface ClearPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly dueBoxes: DueBoxes;
  readonly telemetry: Telemetry;
}

/** Gives how many messages nobody took. A box that cannot be looked at keeps nobody from the others. */
export async function clearUnclaimed(ports: ClearPorts, limit: number): Promise<number> {
  const { clock, dueBoxes, telemetry } = ports;
  let count = 0;
  for (const box of await dueBoxes.due({ at: clock.now(), limit })) {
    try {
      count += await clearBox(box, ports);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `messages over ${box.origin.channel} that nobody took could not be cleared: ${why}`;
      telemetry.log({ level: 'error', message, run: box.name });
    }
  }
  return count;
}

async function clearBox(due: DueBox, ports: ClearPorts): Promise<number> {
  const { clock, dueBoxes } = ports;
  const at = clock.now();
  const old = await dueBoxes.changeDue(due, at, (box) => ({ box, answer: unclaimedIn(box, at) }));
  for (const letter of old) tellGone(letter, due.origin, ports);
  await dueBoxes.changeDue(due, at, (box) => cleared(box, old, at));
  return old.length;
}

/** Those that nobody has taken in their time. They stay until somebody was told of them. */
export function unclaimedIn({ letters }: Mailbox, at: number): readonly Letter[] {
  return letters.filter((letter) => !isFresh(letter, at));
}

/** Without those of which somebody was told, and what no longer matters. */
export function cleared(before: Mailbox, told: readonly Letter[], at: number): Changed<null> {
  const gone = new Set(told.map(({ id, at: cameAt }) => `${id} ${cameAt}`));
  const letters = before.letters.filter(({ id, at: cameAt }) => !gone.has(`${id} ${cameAt}`));
  return { box: { ...swept(before, at), letters }, answer: null };
}

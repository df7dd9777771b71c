/**
 * Early messages leave a trace: that one is kept for somebody to come, and that its time was up and nobody came. Every
 * change of a box goes through here, because any of them may find what has grown too old; a box that nobody touches is
 * looked at by the clock. Told are where it came from, its digest and times; never what it says, nor what it correlates by.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { METRICS } from '../model/metric-names.ts';
import { sha256 } from './digest.ts';
import { type Changed, cleared } from './mailbox.ts';
import type { CallPorts } from './passage.ts';
import type { Letter, Mailbox } from './ports/mailboxes.ts';
import { isoTime } from './run-events.ts';

export interface BoxChange {
  readonly key: string;
  readonly at: number;
}

/** Those that the change left out, because they were too old for anybody. */
interface Leaving {
  readonly unclaimed?: readonly Letter[];
}

export type UnclaimedPorts = Pick<CallPorts, 'mailboxes' | 'telemetry'>;

export async function changeBox<A extends Leaving>(
  { key, at }: BoxChange,
  work: (box: Mailbox) => Changed<A>,
  ports: UnclaimedPorts,
): Promise<A> {
  const known = new Set<string>();
  return await ports.mailboxes.change(key, at, (box) => {
    const changed = work(box);
    // Before it is written: who dies in between has it told again, and none goes without a word.
    for (const letter of changed.answer.unclaimed ?? []) {
      if (!known.has(letter.id)) tellUnclaimed(letter, ports);
      known.add(letter.id);
    }
    return changed;
  });
}

/**
 * Of boxes that nobody touches any more; answers with how many messages went. Twice, or by two at once, the same. A box that
 * cannot be read or written keeps nobody from the others.
 */
export async function clearMailboxes(
  { at, limit }: { readonly at: number; readonly limit: number },
  ports: UnclaimedPorts,
): Promise<number> {
  const keys = await ports.mailboxes.holding({ until: at - DEFAULTS.messages.keptMs, limit });
  let gone = 0;
  for (const key of keys) {
    gone += await clearBox({ key, at }, ports);
  }
  return gone;
}

async function clearBox(change: BoxChange, ports: UnclaimedPorts): Promise<number> {
  try {
    const { unclaimed = [] } = await changeBox(change, (box) => cleared(box, change.at), ports);
    return unclaimed.length;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `messages that nobody took could not be cleared: ${why}`;
    ports.telemetry.log({ level: 'error', message, run: `mailbox-${change.key}` });
    return 0;
  }
}

export function tellKept(letter: Letter, { telemetry }: UnclaimedPorts): void {
  telemetry.log({ level: 'info', ...told(letter, 'nobody waits for it yet, and it is kept') });
}

function tellUnclaimed(letter: Letter, { telemetry }: UnclaimedPorts): void {
  const { messagesUntaken: counts } = METRICS;
  telemetry.log({ level: 'warn', ...told(letter, 'nobody took it in time, and it is gone'), counts });
}

/** It is of no run: it stands under the name that its data is kept by. Its digest is that of `late-message` in a trail. */
function told(
  { id, at, owner: run, over }: Letter,
  what: string,
): { readonly message: string; readonly run: string; readonly details: { readonly [name: string]: string } } {
  const digest = sha256(id);
  const details = { ...(over && { source: over.source, channel: over.channel }), digest, cameAt: isoTime(at) };
  const from = over ? ` over ${over.channel} of ${over.source}` : '';
  return { message: `message ${digest.slice(0, 12)}${from}: ${what}`, run, details };
}

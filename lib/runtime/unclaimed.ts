/**
 * Early messages leave a trace: that one is kept for somebody to come, and that its time was up and nobody came. Every
 * change of a box goes through here, because any of them may find what has grown too old. Told are where it came from, its
 * digest and times; never what it says, nor what it correlates by.
 */
import { sha256 } from './digest.ts';
import type { Changed } from './mailbox.ts';
import type { CallPorts } from './passage.ts';
import type { Letter, Mailbox } from './ports/mailboxes.ts';
import { isoTime } from './run-events.ts';

export interface BoxChange {
  readonly key: string;
  readonly at: number;
  readonly source: string;
  readonly channel: string;
}

/** Those that the change left out, because they were too old for anybody. */
interface Leaving {
  readonly unclaimed?: readonly Letter[];
}

type Ports = Pick<CallPorts, 'mailboxes' | 'telemetry'>;

export async function changeBox<A extends Leaving>(
  change: BoxChange,
  work: (box: Mailbox) => Changed<A>,
  ports: Ports,
): Promise<A> {
  const answer = await ports.mailboxes.change(change.key, change.at, work);
  for (const letter of answer.unclaimed ?? []) {
    tell('warn', { letter, change, what: 'nobody took it in time, and it is gone' }, ports);
  }
  return answer;
}

/** A box that nobody touches again is forgotten by its store: this is the trace of what was in it. */
export function tellKept(letter: Letter, change: BoxChange, ports: Ports): void {
  tell('info', { letter, change, what: 'nobody waits for it yet, and it is kept' }, ports);
}

interface Told {
  readonly letter: Letter;
  readonly change: BoxChange;
  readonly what: string;
}

/** It is of no run: it stands under the name that its data is kept by. Its digest is that of `late-message` in a trail. */
function tell(level: 'info' | 'warn', { letter, change, what }: Told, { telemetry }: Ports): void {
  const { source, channel } = change;
  const digest = sha256(letter.id);
  const details = { source, channel, digest, cameAt: isoTime(letter.at) };
  const message = `message ${digest.slice(0, 12)} over ${channel} of ${source}: ${what}`;
  telemetry.log({ level, message, run: letter.owner, details });
}

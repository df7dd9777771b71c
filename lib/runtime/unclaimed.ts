/**
 * Early messages leave a trace: that one is kept for somebody to come, and that its time was up and nobody came (told by
 * upkeep/clear-unclaimed.ts). Told are where it came from, its digest and times; never what it says, nor what it correlates by.
 */
import { sha256 } from './digest.ts';
import type { Letter } from './ports/mailboxes.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { isoTime } from './run-events.ts';

/** The channel that a message came over. */
interface Over {
  readonly source: string;
  readonly channel: string;
}

interface Telling {
  readonly telemetry: Telemetry;
}

export function tellKept(letter: Letter, over: Over, telling: Telling): void {
  tell('info', { letter, over, what: 'nobody waits for it yet, and it is kept' }, telling);
}

export function tellGone(letter: Letter, over: Over, telling: Telling): void {
  tell('warn', { letter, over, what: 'nobody took it in time, and it is gone' }, telling);
}

interface Told {
  readonly letter: Letter;
  readonly over: Over;
  readonly what: string;
}

/** It is of no run: it stands under the name that its data is kept by. Its digest is that of `late-message` in a trail. */
function tell(level: 'info' | 'warn', { letter, over, what }: Told, { telemetry }: Telling): void {
  const { source, channel } = over;
  const digest = sha256(letter.id);
  const details = { source, channel, digest, cameAt: isoTime(letter.at) };
  const message = `message ${digest.slice(0, 12)} over ${channel} of ${source}: ${what}`;
  telemetry.log({ level, message, run: letter.owner, details });
}

/** How far a rehearsal has come: a line that moves on a screen, and a line every ten seconds in the log of a build. */
import type { Terminal } from './terminal.ts';

const EVERY_MS = 10_000;

export function rehearsalProgress(
  terminal: Pick<Terminal, 'error' | 'screen'>,
  now: () => number,
): (explored: number, known: number) => void {
  const began = now();
  let next = began + EVERY_MS;
  return (explored, known) => {
    if (terminal.screen.error) return terminal.error(`\r\u001b[Krehearsing: ${explored} of ${known} scenarios`);
    const at = now();
    if (at < next) return undefined;
    next = at + EVERY_MS;
    const seconds = Math.round((at - began) / 1_000);
    return terminal.error(`rehearsed so far: ${explored} of ${known} scenarios known by now, after ${seconds} s\n`);
  };
}

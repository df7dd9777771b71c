/** What a command says when it takes up a data folder that an earlier process has left. */
import type { SessionOptions } from '../embedded/session.ts';
import type { Terminal } from './terminal.ts';

export function recoveryTold(terminal: Terminal): Pick<SessionOptions, 'onDropped' | 'onRecovered' | 'onLeft'> {
  return {
    onDropped: (what) => terminal.error(`${what}\n`),
    onRecovered: (runs) => terminal.error(`going on with ${named(runs)}\n`),
    onLeft: (left) => {
      for (const { runId, why } of left) terminal.error(`run ${runId} cannot go on from here: ${why}\n`);
    },
  };
}

function named(runs: readonly string[]): string {
  const shown = runs.slice(0, 3).join(', ');
  return `${runs.length === 1 ? 'run' : 'runs'} ${shown}${runs.length > 3 ? ` and ${runs.length - 3} more` : ''}`;
}

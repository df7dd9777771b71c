/** A rehearsal that is told to stop says what it knows by then, and never that everything held. */
import { beforeAll, describe, expect, it } from 'vitest';
import { rehearsalJunit } from '../../../lib/cli/rehearsal-junit.ts';
import { rehearsalPage } from '../../../lib/cli/rehearsal-page.ts';
import { rehearsalProgress } from '../../../lib/cli/rehearsal-progress.ts';
import { renderRehearsal } from '../../../lib/cli/render-rehearsal.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import { explore, type RehearsalReport } from '../../../lib/rehearse/explore.ts';
import type { Job, Player } from '../../../lib/rehearse/played.ts';
import { playerOf, type RehearsedFlow, rehearsedFlow, undoable, unprobed } from '../../support/rehearsing.ts';

const text = (report: RehearsalReport): string => renderRehearsal(report, inkFor(false), 'my-flow');

describe('a rehearsal', () => {
  let flow: RehearsedFlow;
  beforeAll(async () => {
    flow = await rehearsedFlow({ first: undoable('first'), second: unprobed('second') });
  }, 60_000);

  async function report(most: number, stopsAfter = Number.POSITIVE_INFINITY): Promise<RehearsalReport> {
    const { workflow, book } = flow.options;
    const player = playerOf(flow.options);
    let left = stopsAfter;
    const stopping: Player = async (jobs: readonly Job[], known) => {
      const some = jobs.slice(0, Math.max(0, left));
      left -= some.length;
      return await player(some, known);
    };
    return await explore({ workflow, player: stopping, seed: 1, searched: 5, most, notes: book.notes });
  }

  it('that is broken off among its pairs reports what it has, and says that it was broken off', async () => {
    const whole = await report(400, 1 + (await singles()) + 7);
    expect(whole).toMatchObject({ brokenOff: true, scenarios: { pairs: 7, searched: 0 } });
    expect(whole.scenarios.left).toBeGreaterThan(100);
    expect(text(whole)).toContain('broken off: this is what was known by then');
    expect(text(whole)).toContain(`${whole.scenarios.left} of ${whole.scenarios.left + 7} pairs are left\n`);
    expect(rehearsalJunit(whole)).toContain('<failure message="the rehearsal was broken off"/>');
    expect(rehearsalPage(whole, new Map())).toContain('It was broken off');
  }, 60_000);

  it('that is broken off at once has nothing to tell, and tells that', async () => {
    const nothing = await report(400, 0);
    expect(nothing).toMatchObject({ brokenOff: true, violations: [], scenarios: { explored: 0, singles: 0 } });
    expect(text(nothing)).toContain('0 scenarios explored');
  });

  it('tells in words and on its page how many pairs a budget has left out, and where a person is needed', async () => {
    const bounded = await report(60);
    const { pairs, left } = bounded.scenarios;
    expect(bounded.brokenOff).toBeUndefined();
    expect(text(bounded)).toContain(`${left} of ${pairs + left} pairs are left (--most)`);
    expect(rehearsalPage(bounded, new Map())).toContain(
      `${pairs} of ${pairs + left} pairs were played: ${left} are left, since --most bounded them.`,
    );
    const { scenario } = bounded.matrix.cells['second']?.['lost-after'] ?? {};
    expect(text(bounded)).toMatch(/^\d+ cells to look at; each again, .*: interlock rehearse my-flow --replay ID$/m);
    expect(text(bounded)).toMatch(new RegExp(`^ {2}A ${scenario?.replace('.', '\\.')} +lost-after at second`, 'm'));
  }, 60_000);

  async function singles(): Promise<number> {
    return (await report(0)).scenarios.singles;
  }
});

describe('progress', () => {
  it('is a line every ten seconds where nobody looks at a screen', () => {
    const lines: string[] = [];
    let now = 0;
    const tell = rehearsalProgress(
      { screen: { out: false, error: false }, error: (line) => void lines.push(line) },
      () => now,
    );
    for (const at of [1, 9_999, 10_000, 12_000, 19_999, 40_500, 41_000]) {
      now = at;
      tell(at, 90_000);
    }
    expect(lines).toEqual([
      'rehearsed so far: 10000 of 90000 scenarios known by now, after 10 s\n',
      'rehearsed so far: 40500 of 90000 scenarios known by now, after 41 s\n',
    ]);
  });

  it('moves in one line on a screen', () => {
    const lines: string[] = [];
    rehearsalProgress({ screen: { out: true, error: true }, error: (line) => void lines.push(line) }, () => 0)(1, 2);
    expect(lines).toEqual(['\r\u001b[Krehearsing: 1 of 2 scenarios']);
  });
});

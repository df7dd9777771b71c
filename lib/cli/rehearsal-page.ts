/**
 * A rehearsal as one page: the matrix, and behind each cell its timeline as a picture. Nothing is loaded and nothing is
 * scripted: cells are links, the story that a link names is shown, so it works by keyboard, on paper and offline.
 */
import type { Cell, RehearsalReport } from '../rehearse/explore.ts';
import { ENDS, type End } from '../rehearse/played.ts';
import { escaped } from '../report/escaped.ts';
import { LETTERS } from './render-rehearsal.ts';
import { millis } from './render-run.ts';

export interface Story {
  readonly timeline: readonly string[];
  readonly faults: readonly string[];
  readonly phase: string;
  readonly ms: number;
  readonly violations: readonly string[];
}

/** From left to right, as a request travels. */
const LANES = ['fault', 'event', 'journal', 'sent', 'landed'] as const;
const LANE_OF: { readonly [word: string]: number } = {
  fault: 0,
  event: 1,
  journal: 2,
  sent: 3,
  answer: 3,
  landed: 4,
  undone: 4,
};
const LANE_WIDTH = 18;
const ROW_HEIGHT = 24;
const MOST_LINES = 150;

export function rehearsalPage(report: RehearsalReport, stories: ReadonlyMap<string, Story>): string {
  const { workflowId, scenarios, violations, seed, notes } = report;
  const { explored, singles, pairs, searched, merged, unreachable, left } = scenarios;
  const verdict = violations.length === 0 ? 'All eight invariants held.' : `${violations.length} promises are broken.`;
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>Rehearsal of ${escaped(workflowId)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style></head><body>`,
    `<svg width="0" height="0" aria-hidden="true">${LANES.map((_, at) => symbolOf(at)).join('')}</svg>`,
    `<main><h1>Rehearsal of ${escaped(workflowId)}</h1>`,
    `<p class="verdict">${verdict} ${explored} scenarios were explored: ${singles} single faults, ${pairs} pairs, ${searched} searched with seed ${seed}. ${merged} were merged with equal ones; ${unreachable} faults of the catalogue are at places that no run reaches.${left === 0 ? '' : ` ${pairs} of ${pairs + left} pairs were played: ${left} are left${report.brokenOff ? '' : ', since --most bounded them'}.`}</p>`,
    ...(report.brokenOff ? ['<p class="broken">It was broken off: what follows is what was known by then.</p>'] : []),
    ...violations.map(
      ({ invariant, what, scenario }) =>
        `<p class="broken">Invariant ${invariant}: ${escaped(what.split('\n')[0] ?? '')} <code>--replay ${scenario}</code></p>`,
    ),
    ...notes.map((note) => `<p class="note">${escaped(note)}</p>`),
    legend(),
    tableOf(report),
    '<p>Each cell leads to its timeline: what was sent, what landed, what was written, and when.</p>',
    ...[...stories].map(([scenario, story]) => storyOf(scenario, story)),
    '</main></body></html>',
    '',
  ].join('\n');
}

function legend(): string {
  const items = ENDS.map((end) => `<li><span class="cell ${classOf(end)}">${LETTERS[end]}</span> ${end}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function tableOf({ matrix }: RehearsalReport): string {
  const { rows, faults, cells } = matrix;
  const head = rows.map((row) => `<th scope="col"><span>${escaped(row)}</span></th>`).join('');
  const lines = faults.map((fault) => {
    const marks = rows.map((row) => cellOf(cells[row]?.[fault], row, fault)).join('');
    return `<tr><th scope="row">${escaped(fault)}</th>${marks}</tr>`;
  });
  const caption = '<caption>What becomes of the run, by fault and by place</caption>';
  return `<div class="matrix" id="matrix" tabindex="0" role="region" aria-label="Matrix"><table>${caption}<thead><tr><td></td>${head}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}

function cellOf(cell: Cell | undefined, row: string, fault: string): string {
  if (!cell) return '<td></td>';
  const label = escaped(`${fault} at ${row}: ${cell.end}`);
  return `<td><a class="cell ${classOf(cell.end)}" href="#${cell.scenario}" aria-label="${label}" title="${label}">${LETTERS[cell.end]}</a></td>`;
}

function classOf(end: End): string {
  return end.replace(' ', '-');
}

function storyOf(scenario: string, { timeline, faults, phase, ms, violations }: Story): string {
  const lines = timeline.slice(0, MOST_LINES).map(lineOf);
  const rest = timeline.length - lines.length;
  const more = rest > 0 ? `<li><span></span><span></span><span>and ${rest} more: --replay ${scenario}</span></li>` : '';
  const broken = violations.map((one) => `<p class="broken">${escaped(one.split('\n')[0] ?? '')}</p>`).join('');
  return [
    `<section id="${scenario}" class="story" tabindex="-1"><h2>${escaped(faults.join(' + '))}</h2>`,
    `<p>Ends ${escaped(phase)} after ${millis(ms)} of virtual time. <code>--replay ${scenario}</code> <a href="#matrix">Back to the matrix</a></p>${broken}`,
    `<p class="lanes">Lanes: ${LANES.join(', ').replace('sent', 'sent and answered')}; milliseconds since the start.</p><ol>${lines.join('')}${more}</ol></section>`,
  ].join('\n');
}

function lineOf(line: string): string {
  const [, at = '', what = line] = /^\s*(-?\d+)\s+(.*)$/s.exec(line) ?? [];
  const word = what.split(':', 1)[0] ?? '';
  const lane = LANE_OF[word] ?? 1;
  const kind = word === 'undone' ? 'undone' : (LANES[lane] ?? '');
  return `<li class="${kind}"><svg class="lane" aria-hidden="true"><use href="#lane-${lane}"/></svg><time>${at}</time><span>${escaped(what)}</span></li>`;
}

/** All lanes as lines, and a mark on one of them. */
function symbolOf(marked: number): string {
  const lines = LANES.map((_, at) => `<path d="M${xOf(at)} 0V400" class="line"/>`).join('');
  return `<symbol id="lane-${marked}">${lines}<circle cx="${xOf(marked)}" cy="${ROW_HEIGHT / 2}" r="5"/></symbol>`;
}

function xOf(lane: number): number {
  return LANE_WIDTH * lane + LANE_WIDTH / 2;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#667;--line:#c8ccd2}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#15181c;--soft:#a4abb5;--line:#3c434c}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:1240px;margin:0 auto;padding:16px}h1{font-size:22px;margin:8px 0}h2{font-size:17px;overflow-wrap:anywhere}
.matrix{overflow-x:auto;border:1px solid var(--line)}table{border-collapse:collapse;font-size:13px}caption{text-align:left;padding:6px}
th{font-weight:500}thead th{vertical-align:bottom;padding:6px 0;height:150px}thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
tbody th{position:sticky;left:0;background:var(--paper);text-align:left;padding:0 10px 0 6px;white-space:nowrap}
td{padding:1px;text-align:center}tbody tr:hover th{text-decoration:underline}
.cell{display:inline-block;width:28px;height:26px;line-height:26px;text-align:center;border-radius:3px;color:#111;text-decoration:none;font-weight:600}
a.cell:focus-visible,a:focus-visible,.matrix:focus-visible{outline:3px solid #2563eb;outline-offset:1px}
.recovered{background:#d7ecd9}.retried{background:#cfe4f5}.degraded{background:#f4ecc0}.compensated{background:#e0dcf5}.needs-attention{background:#f7c98b}.violated{background:#f09a95}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;padding:0}.broken{border-left:4px solid #c0392b;padding-left:8px;overflow-wrap:anywhere}.note{color:var(--soft)}
.story{display:none}.story:target{display:block;border-top:2px solid var(--line);margin-top:20px}.story ol{list-style:none;padding:0;margin:0}
.story:focus{outline:none}.story li{display:grid;position:relative;padding-left:${LANE_WIDTH * LANES.length}px;grid-template-columns:84px 1fr;min-height:${ROW_HEIGHT}px;gap:8px}.story li>span{overflow-wrap:anywhere}
.lane{position:absolute;left:0;top:0;width:${LANE_WIDTH * LANES.length}px;height:100%;overflow:hidden;fill:currentColor}.line{stroke:var(--line);fill:none}
time{color:var(--soft);text-align:right;font-variant-numeric:tabular-nums}.fault{color:#c0392b}.undone{color:#8250df}.lanes{color:var(--soft)}
@media(max-width:500px){main{padding:10px}.story li{grid-template-columns:60px 1fr;font-size:13px}}
`.replaceAll('\n', '');

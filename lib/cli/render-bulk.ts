/** A bulk run as lines: where it stands, and its summary. Pure text; who shows it when is run-inputs.ts's business. */
import type { BulkSummary, InputStatus } from '../model/bulk.ts';
import { millis } from './render-run.ts';
import type { Ink } from './terminal.ts';

export interface BulkState {
  readonly total: number;
  readonly ended: number;
  readonly running: number;
  /** Of those that ended. */
  readonly failed: number;
  /** Of those that ended, in an earlier command. */
  readonly earlier: number;
}

/** One line, without its end. */
export function renderProgress({ total, ended, running, failed, earlier }: BulkState, elapsedMs: number): string {
  const share = total === 0 ? 100 : Math.floor((100 * ended) / total);
  const here = ended - earlier;
  const perSecond = elapsedMs > 0 ? (1000 * here) / elapsedMs : 0;
  const parts = [
    `${ended} of ${total} ended (${share} %)`,
    `${running} under way`,
    ...(failed > 0 ? [`${failed} not succeeded`] : []),
    ...(here > 0 ? [`${rate(perSecond)} a second`] : []),
    ...(here > 0 && ended < total ? [`about ${millis((1000 * (total - ended)) / perSecond)} left`] : []),
  ];
  return parts.join(', ');
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

export function renderSummary({ workflowId, inputs, statuses, earlier, results, ms }: BulkSummary, ink: Ink): string {
  const rows = Object.entries(statuses) as [InputStatus, number][];
  const width = Math.max(0, ...rows.map(([, count]) => String(count).length));
  const before = earlier > 0 ? `, ${earlier} of them before` : '';
  return [
    `${ink.bold(workflowId)}: ${inputs} ${inputs === 1 ? 'input' : 'inputs'} in ${millis(ms)}${before}`,
    ...rows.map(([status, count]) => `  ${String(count).padStart(width)} ${painted(status, ink)}`),
    `Results: ${results}`,
    next(rows, results),
    '',
  ].join('\n');
}

function painted(status: InputStatus, ink: Ink): string {
  return status === 'succeeded' ? ink.green(status) : ink.red(status);
}

function next(rows: readonly [InputStatus, number][], results: string): string {
  if (rows.some(([status]) => status === 'invalid')) {
    return `Next: correct the inputs that ${results} calls invalid, and give the same command again.`;
  }
  if (rows.every(([status]) => status === 'succeeded')) return 'Next: interlock runs lists the latest of them.';
  return `Next: interlock runs RUN shows one whole; its runId stands in ${results}.`;
}

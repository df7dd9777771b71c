/** A run as lines: one per event while it goes on, a table of its steps and its outputs when it is over. Pure text. */
import type { RunEvent, RunStatus, RunView, StepStatus, StepView } from '../model/run.ts';
import type { Ink } from './terminal.ts';

export function renderEvent(event: RunEvent, startedAt: number, ink: Ink): string | undefined {
  const since = ink.dim(millis(Date.parse(event.at) - startedAt).padStart(8));
  switch (event.type) {
    case 'run-started':
      return `${since}  run ${event.runId} started`;
    case 'noted':
      return `${since}  ${event.step === undefined ? '' : `${event.step} `}${ink.yellow('note')}: ${event.message}`;
    case 'step-started':
      return `${since}  ${event.step} ${ink.dim(`-> ${event.operation}`)}`;
    case 'attempt-ended': {
      if (event.outcome === 'applied') return undefined;
      const why = [event.status, event.message].filter((one) => one !== undefined).join(' ');
      return `${since}  ${event.step} attempt ${event.attempt} ${ink.yellow(event.outcome)}${why === '' ? '' : ` (${why})`}`;
    }
    case 'step-ended':
      return `${since}  ${event.step} ${paintStep(event.status, ink)} in ${millis(event.ms)}${event.message ? `: ${event.message}` : ''}`;
    case 'run-fenced':
      return `${since}  ${ink.yellow('no new step begins')}: ${event.error}`;
    case 'undo-started':
      return `${since}  undo of ${event.step}`;
    case 'undo-ended':
      return `${since}  undo of ${event.step} ${event.status} in ${millis(event.ms)}`;
    case 'run-ended':
      return `${since}  run ${paintStatus(event.status, ink)} after ${millis(event.ms)}`;
  }
}

export function renderView(view: RunView, ink: Ink): string {
  const lines = [
    `${ink.bold(view.workflowId)} ${paintStatus(view.status, ink)}${duration(view.startedAt, view.endedAt)}  ${ink.dim(view.runId)}`,
    ...stepRows(view.steps, ink),
  ];
  if (view.error)
    lines.push(`${ink.red(view.error.error)}${view.error.step ? ` in ${view.error.step}` : ''}: ${view.error.message}`);
  if (view.outputs)
    lines.push(
      'outputs',
      ...JSON.stringify(view.outputs, null, 2)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  return `${lines.join('\n')}\n`;
}

function stepRows(steps: readonly StepView[], ink: Ink): readonly string[] {
  const width = Math.max(0, ...steps.map(({ path }) => path.length));
  return steps.map((step) => {
    const took = step.endedAt === null ? '' : millis(Date.parse(step.endedAt) - Date.parse(step.startedAt));
    const more = [
      step.degraded ? 'its fallback stood in' : '',
      step.attempts > 1 ? `${step.attempts} attempts` : '',
      step.visit > 1 ? `visit ${step.visit}` : '',
      step.error?.message ?? '',
    ];
    return `  ${step.path.padEnd(width)}  ${paintStep(step.status, ink)}  ${took.padStart(8)}  ${ink.dim(more.filter(Boolean).join(', '))}`.trimEnd();
  });
}

function duration(startedAt: string, endedAt: string | null): string {
  return endedAt === null ? '' : ` in ${millis(Date.parse(endedAt) - Date.parse(startedAt))}`;
}

export function millis(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

const GOOD_RUNS: ReadonlySet<RunStatus> = new Set(['succeeded']);
const PENDING_RUNS: ReadonlySet<RunStatus> = new Set(['running', 'waiting', 'compensating']);

export function paintStatus(status: RunStatus, ink: Ink): string {
  if (GOOD_RUNS.has(status)) return ink.green(status);
  return PENDING_RUNS.has(status) ? ink.yellow(status) : ink.red(status);
}

function paintStep(status: StepStatus, ink: Ink): string {
  const padded = status.padEnd(8);
  if (status === 'applied' || status === 'undone') return ink.green(padded);
  return status === 'running' || status === 'skipped' ? ink.yellow(padded) : ink.red(padded);
}

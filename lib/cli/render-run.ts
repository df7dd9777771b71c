/** A run as lines: one per event while it goes on, a table of its steps and its outputs when it is over. Pure text. */
import type { ProbeView, RunEvent, RunStatus, RunView, StepStatus, StepView, WaitView } from '../model/run.ts';
import type { Ink } from './terminal.ts';

export function renderEvent(event: RunEvent, startedAt: number, ink: Ink): string | undefined {
  const since = sinceText(event, startedAt, ink);
  switch (event.type) {
    case 'run-started':
      return `${since}  run ${event.runId} started`;
    case 'noted':
      return `${since}  ${event.step === undefined ? '' : `${event.step} `}${ink.yellow('note')}: ${event.message}`;
    case 'step-waiting':
      return `${since}  ${event.step} ${ink.yellow('waits')} for ${event.for} until ${event.until}${event.title === undefined ? '' : `: ${event.title}`}`;
    case 'step-started':
      return `${since}  ${event.step} ${ink.dim(`-> ${event.operation}`)}`;
    case 'attempt-ended': {
      if (event.cached !== undefined)
        return `${since}  ${whose(event.step)} ${ink.dim(`answered from the cache (${event.cached})`)}`;
      if (event.outcome === 'applied') return undefined;
      const why = [event.status, event.message].filter((one) => one !== undefined).join(' ');
      return `${since}  ${whose(event.step)} attempt ${event.attempt} ${ink.yellow(event.outcome)}${why === '' ? '' : ` (${why})`}`;
    }
    case 'step-ended':
      return `${since}  ${event.step} ${paintStep(event.status, ink)} in ${millis(event.ms)}${event.message ? `: ${event.message}` : ''}`;
    case 'run-fenced':
      return `${since}  ${ink.yellow('no new step begins')}: ${event.error}`;
    case 'undo-started':
      return `${since}  undo of ${event.step}`;
    case 'undo-ended':
      return `${since}  undo of ${event.step} ${undoText(event, ink)}`;
    case 'run-ended':
      return `${since}  run ${paintStatus(event.status, ink)} after ${millis(event.ms)}`;
  }
}

/** When it was, on the clock of the run. */
export function sinceText({ at }: RunEvent, startedAt: number, ink: Ink): string {
  return ink.dim(millis(Date.parse(at) - startedAt).padStart(8));
}

/** A request of an undo or a probe goes by its step's path with what it is for. */
function whose(path: string): string {
  const [step, of] = path.split('#');
  return of === undefined ? path : `${/^[a-z]+/.exec(of)?.[0] ?? of} of ${step}`;
}

function undoText(event: Extract<RunEvent, { type: 'undo-ended' }>, ink: Ink): string {
  const why = event.message === undefined ? '' : `: ${event.message}`;
  if (event.status === 'done') return `${ink.green('done')} in ${millis(event.ms)}`;
  if (event.againInMs !== undefined) return `${ink.yellow(`is tried again in ${millis(event.againInMs)}`)}${why}`;
  return `${ink.red(event.status)}${why}`;
}

export function renderView(view: RunView, ink: Ink): string {
  const lines = [
    `${ink.bold(view.workflowId)} ${paintStatus(view.status, ink)}${duration(view.startedAt, view.endedAt)}  ${ink.dim(view.runId)}`,
    ...stepRows(view, ink),
  ];
  for (const wait of view.waitsFor ?? []) lines.push(...waitLines(wait, ink));
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

function waitLines({ step, type, title, description, until }: WaitView, ink: Ink): readonly string[] {
  const head = `  ${step} ${ink.yellow('waits')} for ${type} until ${until}${title === undefined ? '' : `: ${title}`}`;
  return [head, ...(description === undefined ? [] : description.split('\n').map((line) => `    ${line}`))];
}

function stepRows({ steps, startedAt }: RunView, ink: Ink): readonly string[] {
  const width = Math.max(0, ...steps.map(({ path }) => path.length));
  const statusWidth = Math.max(STATUS_WIDTH, ...steps.map(({ status }) => status.length));
  return steps.map((step) => {
    const took = step.endedAt === null ? '' : millis(Date.parse(step.endedAt) - Date.parse(step.startedAt));
    const more = [
      step.degraded ? 'its fallback stood in' : '',
      step.attempts > 1 ? `${step.attempts} attempts` : '',
      step.visit > 1 ? `visit ${step.visit}` : '',
      itemsOf(step),
      step.error?.message ?? '',
      probeOf(step, Date.parse(startedAt)),
      undoOf(step, Date.parse(startedAt)),
    ];
    return `  ${step.path.padEnd(width)}  ${paintStep(step.status, ink, statusWidth)}  ${took.padStart(8)}  ${ink.dim(more.filter(Boolean).join(', '))}`.trimEnd();
  });
}

/** Of a list that is too long to be told item by item. */
function itemsOf({ items }: StepView): string {
  if (!items) return '';
  const { total, named, ...counts } = items;
  const states = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  return `${total} items: ${states.join(', ')}; ${named} of them are named`;
}

const PROBE_WORDS: { readonly [S in ProbeView['status']]: string } = {
  happened: 'its probe says that it happened',
  'did-not-happen': 'its probe says that it did not happen',
  unknown: 'its probe could not tell',
};

function probeOf({ probe }: StepView, startedAt: number): string {
  if (!probe) return '';
  const tried = probe.attempts > 1 ? ` (${probe.attempts} attempts)` : '';
  return `${PROBE_WORDS[probe.status]} at ${millis(Date.parse(probe.endedAt) - startedAt)}${tried}`;
}

/** When it was over, on the clock of the run's own lines. */
function undoOf({ undo }: StepView, startedAt: number): string {
  if (!undo) return '';
  const tried = undo.attempts > 1 ? ` (${undo.attempts} attempts)` : '';
  if (undo.endedAt === null) return `undo ${undo.status}${tried}`;
  return `${undo.status} at ${millis(Date.parse(undo.endedAt) - startedAt)}${tried}`;
}

function duration(startedAt: string, endedAt: string | null): string {
  return endedAt === null ? '' : ` in ${millis(Date.parse(endedAt) - Date.parse(startedAt))}`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function millis(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ${Math.round((ms % HOUR_MS) / 60_000)} min`;
  return `${Math.floor(ms / DAY_MS)} d ${Math.round((ms % DAY_MS) / HOUR_MS)} h`;
}

const GOOD_RUNS: ReadonlySet<RunStatus> = new Set(['succeeded']);
const PENDING_RUNS: ReadonlySet<RunStatus> = new Set(['running', 'waiting', 'compensating']);

export function paintStatus(status: RunStatus, ink: Ink): string {
  if (GOOD_RUNS.has(status)) return ink.green(status);
  return PENDING_RUNS.has(status) ? ink.yellow(status) : ink.red(status);
}

/** Of the words for steps that went well. */
const STATUS_WIDTH = 8;

function paintStep(status: StepStatus, ink: Ink, width = 0): string {
  const padded = status.padEnd(width);
  if (status === 'applied' || status === 'undone') return ink.green(padded);
  return status === 'running' || status === 'skipped' ? ink.yellow(padded) : ink.red(padded);
}

/** Finding, showing and following runs. */
import type { RunEvent, RunStatus } from '../../model/run.ts';
import type { Phase, RunSummary } from '../../runtime/ports/journal.ts';
import { isoTime } from '../../runtime/run-events.ts';
import { statusOf } from '../../runtime/view.ts';
import { type ApiResponse, type EventStream, jsonResponse } from '../message.ts';
import type { ApiPorts, Called } from '../ports.ts';
import { auditedViewOf, isAtRest, noRun, viewOf } from './run-view.ts';

/** As a page can be asked for: whether a run waits shows only when it is looked at. */
const PHASES: { readonly [S in RunStatus]?: readonly Phase[] } = {
  running: ['forward'],
  compensating: ['fenced', 'compensating'],
  succeeded: ['succeeded'],
  compensated: ['compensated'],
  failed: ['failed'],
  'needs-attention': ['needs-attention'],
};

export async function listRuns({ query }: Called, { operator }: ApiPorts): Promise<ApiResponse> {
  // Judged by the document's schemas: the casts say what they say.
  const {
    workflow,
    status = [],
    limit = 20,
    after,
  } = query as {
    readonly workflow?: string;
    readonly status?: readonly RunStatus[];
    readonly limit?: number;
    readonly after?: string;
  };
  const page = await operator.journal.list({
    limit,
    phases: status.flatMap((one) => PHASES[one] ?? []),
    ...(workflow !== undefined && { workflowId: workflow }),
    ...(after !== undefined && { after }),
  });
  const { next } = page;
  return jsonResponse(200, { runs: page.runs.map(summaryView), ...(next !== undefined && { next }) });
}

function summaryView({ runId, workflowId, phase, startedAt, endedAt }: RunSummary): object {
  const ended = endedAt === undefined ? {} : { endedAt: isoTime(endedAt) };
  return { runId, workflowId, status: statusOf(phase), startedAt: isoTime(startedAt), ...ended };
}

export async function getRun({ path, query }: Called, { operator }: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = path;
  const view = await (query['audit'] === true ? auditedViewOf(id, operator) : viewOf(id, operator));
  return view ? jsonResponse(200, view) : noRun(id);
}

export async function followRun({ path }: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = path;
  if (!(await ports.operator.journal.header(id))) return noRun(id);
  const { following } = ports;
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
  if (following.kind === 'live') return { status: 200, headers, body: liveEvents(id, ports, following) };
  const view = await viewOf(id, ports.operator);
  const isOver = view !== undefined && isAtRest(view);
  const body = `retry: ${following.againMs}\n${eventText(isOver ? 'end' : 'run', view)}`;
  return { status: 200, headers, body };
}

/** How often an open answer is written to, so that whoever stands between keeps it open, and looked at for its end. */
const BEAT_MS = 10_000;

function liveEvents(
  run: string,
  ports: ApiPorts,
  following: Extract<ApiPorts['following'], { kind: 'live' }>,
): EventStream {
  return {
    open(send, end) {
      const follower = new Follower(run, ports, { send, end });
      // Before the first look, so that nothing falls between.
      follower.stopWith(following.subscribe(run, (event) => follower.hear(event)));
      void follower.look('run');
      return () => follower.stop();
    },
  };
}

interface Telling {
  readonly send: (text: string) => void;
  readonly end: () => void;
}

/** One who follows a run: the view first, what happens meanwhile after it, and the view again at the end. */
class Follower {
  readonly #run: string;
  readonly #ports: ApiPorts;
  readonly #telling: Telling;
  readonly #held: RunEvent[] = [];
  #begun = false;
  #stopped = false;
  #stops: (() => void)[] = [];

  constructor(run: string, ports: ApiPorts, telling: Telling) {
    this.#run = run;
    this.#ports = ports;
    this.#telling = telling;
  }

  stopWith(stop: () => void): void {
    this.#stops.push(stop);
  }

  hear(event: RunEvent): void {
    if (this.#stopped) return;
    if (!this.#begun) this.#held.push(event);
    else this.#telling.send(eventText(event.type, event));
    if (event.type === 'run-ended') void this.look();
  }

  /** Tells the view under this name, or only whether it is the end. */
  async look(name?: 'run'): Promise<void> {
    try {
      const view = await viewOf(this.#run, this.#ports.operator);
      if (this.#stopped || !view) return;
      if (name) this.#begin(eventText(name, view));
      if (isAtRest(view)) this.#finish(eventText('end', view));
      else if (name) this.#beat();
    } catch (error) {
      this.#ports.failed(error);
      this.#finish('');
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  #begin(text: string): void {
    this.#begun = true;
    this.#telling.send(text);
    for (const event of this.#held.splice(0)) this.#telling.send(eventText(event.type, event));
  }

  #beat(): void {
    if (this.#stopped) return;
    const timer = this.#ports.operator.clock.after(BEAT_MS, () => {
      if (this.#stopped) return;
      this.#telling.send(': goes on\n\n');
      void this.look().then(() => this.#beat());
    });
    this.stopWith(() => timer.cancel());
  }

  #finish(text: string): void {
    if (this.#stopped) return;
    if (text !== '') this.#telling.send(text);
    this.stop();
    this.#telling.end();
  }
}

/** JSON has no line break of its own, so an event is one line of data. */
function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

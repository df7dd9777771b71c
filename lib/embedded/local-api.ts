/**
 * The ports of the run API on one machine, over the host of the data folder that this process owns. What an action sets
 * going is looked after here until the run is at rest, as the commands do (operate.ts), so that a letter which nobody has
 * to read any more goes and a run's place is forgotten with its end.
 */
import type { Acting, ApiPorts, Letters, Planned, Systems, Workflows } from '../api/ports.ts';
import { callbacksOver } from '../api/ports.ts';
import { assert } from '../model/assert.ts';
import { calledSystems } from '../model/dependencies.ts';
import type { Plan } from '../model/plan.ts';
import type { LetterView, RunView } from '../model/run.ts';
import type { StartAnswer, StartRequest } from '../runtime/run.ts';
import { type SignatureCheck, signatureFor } from '../runtime/signature.ts';
import { requireVariables } from './environment-file.ts';
import { placementJson } from './prepare-run.ts';
import { realClock } from './real-clock.ts';
import type { RunHost } from './run-host.ts';
import type { Variables } from './secrets.ts';
import type { Served, ServedWorkflows } from './served-workflows.ts';

export interface LocalApiOptions {
  readonly host: RunHost;
  readonly workflows: ServedWorkflows;
  readonly variables: Variables;
  readonly version: string;
  readonly failed: (error: unknown) => void;
}

export class LocalApi {
  readonly ports: ApiPorts;
  private readonly options: LocalApiOptions;
  /** What goes on because of requests that were answered. */
  private readonly goingOn = new Set<Promise<unknown>>();

  constructor(options: LocalApiOptions) {
    this.options = options;
    const { host, version, failed } = options;
    this.ports = {
      operator: host.operatorPorts(),
      workflows: this.workflows(),
      acting: this.acting(),
      letters: this.letters(),
      systems: this.systems(),
      following: {
        kind: 'live',
        subscribe: (run, listener) =>
          host.onEvent((event) => {
            if (event.runId === run) listener(event);
          }),
      },
      callbacks: callbacksOver({
        ...host.operatorPorts(),
        deployed: () => this.plans(),
        signatureOf: (source, channel) => this.signatureOf(source, channel),
      }),
      version,
      failed,
    };
  }

  /** Resolves once nothing goes on that was asked for, or after `ms`: what then still goes on is durable. */
  async idle(ms: number): Promise<'idle' | 'going-on'> {
    const late = after(ms);
    let now: 'settled' | 'late' = 'settled';
    while (this.goingOn.size > 0 && now === 'settled') {
      const done = Promise.allSettled(this.goingOn).then(() => 'settled' as const);
      now = await Promise.race([done, late.promise]);
    }
    late.cancel();
    return now === 'late' ? 'going-on' : 'idle';
  }

  private async plans(): Promise<readonly Plan[]> {
    const { workflows } = this.options;
    const all = await Promise.all(workflows.ids.map((id) => workflows.served(id)));
    return all.flatMap((one) => (one ? [one.prepared.workflow.plan] : []));
  }

  /** All that is served is served in one environment. */
  private async signatureOf(source: string, channel: string): Promise<SignatureCheck | undefined> {
    const { workflows } = this.options;
    for (const id of workflows.ids) {
      const served = await workflows.served(id);
      if (!served || !Object.hasOwn(served.prepared.workflow.plan.systems, source)) continue;
      return await signatureFor(served.prepared.place, source, channel);
    }
    return undefined;
  }

  private workflows(): Workflows {
    const { workflows, host } = this.options;
    const plannedOf = ({ prepared: { workflow } }: Served): Planned => workflow;
    return {
      all: async () => {
        const all = await Promise.all(workflows.ids.map((id) => workflows.served(id)));
        return all.flatMap((one) => (one ? [plannedOf(one)] : []));
      },
      current: async (workflowId) => {
        const served = await workflows.served(workflowId);
        if (!served) return undefined;
        await host.keep(served.prepared.workflow);
        return plannedOf(served);
      },
      start: (request) => this.start(request),
    };
  }

  /** Nothing is begun that could only fail for a credential that is missing. */
  private async start(request: StartRequest): Promise<StartAnswer> {
    const { workflows, host, variables } = this.options;
    const { plan, runId } = request;
    const served = await workflows.served(plan.workflowId);
    assert(served && runId !== undefined, 'a run is started of a workflow that is served, under its id');
    const { placement, prepared } = served;
    await requireVariables(placement, calledSystems(plan), variables);
    const started = await host.startPlanned(
      { ...request, runId },
      { place: prepared.place, kept: placementJson(placement) },
    );
    if ('execution' in started) this.lookAfter(host.ended(runId));
    return started;
  }

  private acting(): Acting {
    const { host, variables } = this.options;
    return {
      ready: (run) => host.place(run, variables),
      acted: (run) => this.lookAfter(this.afterwards(run)),
      atRest: async (run, ms) => {
        const late = after(ms);
        await Promise.race([host.ended(run).then(undefined, this.options.failed), late.promise]);
        late.cancel();
      },
    };
  }

  private async afterwards(run: string): Promise<RunView> {
    await this.options.host.recover(run);
    return await this.options.host.ended(run);
  }

  private letters(): Letters {
    const { letters } = this.options.host;
    return {
      list: (query) => Promise.resolve(letters.letters(query)),
      find: (id) => Promise.resolve(letters.letters({ id, limit: 2 }).find((letter) => letter.id === id)),
      remove: async (id) => (await letters.remove([id])).length > 0,
      redriven: (letter) => Promise.resolve(this.lookAfter(this.removeWhenOver(letter))),
    };
  }

  private async removeWhenOver({ run }: LetterView): Promise<void> {
    const { status } = await this.afterwards(run);
    if (status !== 'needs-attention' && status !== 'compensating') await this.options.host.letters.removeOf(run);
  }

  private systems(): Systems {
    const { workflows, host } = this.options;
    return {
      where: async (workflowId) => {
        const served = await workflows.served(workflowId);
        return served?.prepared.place.environments ?? { system: () => ({}) };
      },
      breaker: (key) => host.breaker(workflows.scope, key),
      health: (key) => host.health(workflows.scope, key),
    };
  }

  private lookAfter(work: Promise<unknown>): void {
    this.goingOn.add(work);
    const done = (): void => void this.goingOn.delete(work);
    work.then(done, (error: unknown) => {
      done();
      this.options.failed(error);
    });
  }
}

function after(ms: number): { readonly promise: Promise<'late'>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = realClock.after(ms, () => resolve('late'));
  return { promise, cancel: () => timer.cancel() };
}

/**
 * The health of systems on one machine, while `interlock dev` serves: all are asked when it begins, then each in its minute,
 * as the health function does on AWS. Told are changes only. It asks as a run of its workflow would call, and nobody where
 * systems are simulated. A round that takes long delays the next; `stop` waits for the one that is under way.
 */
import { dependsOnIn } from '../model/dependencies.ts';
import type { PlanSystem } from '../model/plan.ts';
import type { Clock, Timer } from '../model/time.ts';
import type { Asking } from '../runtime/ports/asking-health.ts';
import { checkSystems, dueNow, type SystemHealth } from '../runtime/upkeep/check-systems.ts';
import { checkHealth, type RecordingPorts } from '../runtime/upkeep/health-record.ts';
import type { RunHost } from './run-host.ts';
import type { ServedWorkflows } from './served-workflows.ts';

/** Systems of one integration, whose names mean the same. */
export interface AskedTogether {
  readonly systems: readonly PlanSystem[];
  /** By the name of a system. */
  readonly ports: ReadonlyMap<string, RecordingPorts>;
}

export interface HealthRoundsOptions {
  readonly clock: Clock;
  /** As they are served now. */
  readonly served: () => Promise<readonly AskedTogether[]>;
  readonly told: (health: SystemHealth) => void;
  readonly failed: (error: unknown) => void;
}

const MINUTE_MS = 60_000;

export class HealthRounds {
  private readonly options: HealthRoundsOptions;
  private readonly states = new Map<string, SystemHealth['state']>();
  private round: Promise<void> = Promise.resolve();
  private timer: Timer | undefined;
  private isOver = false;

  constructor(options: HealthRoundsOptions) {
    this.options = options;
  }

  /** Resolves when all have been asked once. */
  async start(): Promise<void> {
    this.begin(({ systems }) => systems.flatMap(({ name, health }) => (health ? [name] : [])));
    await this.round;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    this.timer?.cancel();
    await this.round;
  }

  private begin(names: (together: AskedTogether) => readonly string[]): void {
    const { failed } = this.options;
    this.round = this.ask(names)
      .catch(failed)
      .finally(() => this.again());
  }

  private again(): void {
    if (this.isOver) return;
    const { clock } = this.options;
    const wait = MINUTE_MS - (clock.now() % MINUTE_MS);
    this.timer = clock.after(wait, () => this.begin(({ systems }) => dueNow(systems, clock.now())));
  }

  private async ask(names: (together: AskedTogether) => readonly string[]): Promise<void> {
    for (const [index, together] of (await this.options.served()).entries()) {
      const answers = await checkSystems(names(together), askingIn(together), dependsOnIn(together.systems));
      for (const answer of answers) this.tell(answer, `${index} ${answer.system}`);
    }
  }

  /** That all is well is expected. */
  private tell(answer: SystemHealth, key: string): void {
    const before = this.states.get(key) ?? 'well';
    this.states.set(key, answer.state);
    if (before !== answer.state) this.options.told(answer);
  }
}

/** Of all that is served, integration by integration; what is simulated is not asked. */
export async function askedTogether(workflows: ServedWorkflows, host: RunHost): Promise<readonly AskedTogether[]> {
  const integrations = new Map<string, { systems: Map<string, PlanSystem>; ports: Map<string, RecordingPorts> }>();
  for (const id of workflows.ids) {
    const served = await workflows.served(id);
    if (!served || served.placement.simulate) continue;
    const { workflow, place } = served.prepared;
    const { integration, systems } = workflow.plan;
    const together = integrations.get(integration) ?? { systems: new Map(), ports: new Map() };
    integrations.set(integration, together);
    for (const system of Object.values(systems)) {
      together.systems.set(system.name, system);
      together.ports.set(system.name, host.healthPorts(place));
    }
  }
  return [...integrations.values()].map(({ systems, ports }) => ({ systems: [...systems.values()], ports }));
}

function askingIn({ systems, ports }: AskedTogether): Asking {
  const known = new Map(systems.map((system) => [system.name, system]));
  return {
    health: async (name) => {
      const [system, own] = [known.get(name), ports.get(name)];
      return system && own ? await checkHealth(system, own) : { state: 'unknown', why: 'nobody calls it' };
    },
  };
}

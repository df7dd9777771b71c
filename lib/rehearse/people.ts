/**
 * The people of a rehearsal: whoever is asked says yes a little later, and gives along what the schema wants. What a no or a
 * silence leads to is no fault of the world, so none is drawn here; that the run is fenced before the answer is.
 */
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { RunEvent } from '../model/run.ts';
import type { Clock } from '../model/time.ts';
import { sampleInput } from '../simulate/sample-input.ts';
import type { Chance } from './chance.ts';
import type { Prelude } from './prelude.ts';

export interface Approval {
  readonly step: string;
  readonly visit: number;
  readonly data?: Json;
}

export interface PeopleOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly plan: Plan;
  readonly prelude: Pick<Prelude, 'sendsOff'>;
  readonly approve: (approval: Approval) => Promise<void>;
}

const SOON_MS = 2_000;

export class RehearsedPeople {
  /** Answers on their way. */
  underWay = 0;
  private readonly options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.options = options;
  }

  told(event: RunEvent): void {
    if (event.type !== 'step-waiting') return;
    const { clock, chance, plan, approve } = this.options;
    const { step, visit } = event;
    const interaction = plan.steps[step]?.interaction;
    if (!interaction) return;
    const data = interaction.schema === undefined ? {} : { data: sampleInput(interaction.schema) };
    const arrived = this.options.prelude.sendsOff();
    this.underWay += 1;
    clock.after(chance.between(`answer at ${step}`, 1, SOON_MS), () => {
      arrived();
      void approve({ step, visit, ...data }).finally(() => {
        this.underWay -= 1;
      });
    });
  }
}

/**
 * The people of a rehearsal: whoever is asked says yes a little later, and gives along what the schema wants; or, where that
 * is drawn or scripted, says no, says nothing until the time is up, or gives no more than he must.
 */
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { RunEvent } from '../model/run.ts';
import type { Clock } from '../model/time.ts';
import { isObject, own } from '../model/json.ts';
import type { PlanInteraction } from '../model/plan.ts';
import { sampleInput } from '../simulate/sample-input.ts';
import type { Chance } from './chance.ts';
import type { Prelude } from './prelude.ts';
import { PEOPLE_FAULTS, type PeopleFault, type Weather } from './weather.ts';

export interface Approval {
  readonly step: string;
  readonly visit: number;
  readonly as: 'approved' | 'rejected';
  readonly data?: Json;
}

export interface PeopleOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly plan: Plan;
  readonly prelude: Pick<Prelude, 'sendsOff'>;
  readonly answer: (approval: Approval) => Promise<void>;
}

const SOON_MS = 2_000;

export class RehearsedPeople {
  /** Answers on their way. */
  underWay = 0;
  /** Who will say what else than yes: part of the state of a run. */
  readonly pending: string[] = [];
  private readonly options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.options = options;
  }

  told(event: RunEvent): void {
    if (event.type !== 'step-waiting') return;
    const { clock, chance, plan, answer } = this.options;
    const { step, visit } = event;
    const interaction = plan.steps[step]?.interaction;
    if (!interaction) return;
    const fault = this.faultAt(step, interaction);
    if (fault !== undefined) this.pending.push(`${step} ${visit} ${fault}`);
    if (fault === 'person-silent') return;
    const said = fault === 'person-refuses' ? REFUSAL : approvalOf(interaction, fault === 'person-brief');
    const arrived = this.options.prelude.sendsOff();
    this.underWay += 1;
    clock.after(chance.between(`answer at ${step}`, 1, SOON_MS), () => {
      arrived();
      void answer({ step, visit, ...said }).finally(() => {
        this.underWay -= 1;
      });
    });
  }

  private faultAt(step: string, interaction: PlanInteraction): PeopleFault | undefined {
    const { chance, weather } = this.options;
    return peopleFaultsOf(interaction).find((fault) => chance.fires(`${fault} at ${step}`, weather[fault]));
  }
}

/** A form without a choice cannot be answered briefly. */
export function peopleFaultsOf(interaction: PlanInteraction): readonly PeopleFault[] {
  const isOpen = JSON.stringify(approvalOf(interaction, true)) !== JSON.stringify(approvalOf(interaction, false));
  return PEOPLE_FAULTS.filter((fault) => fault !== 'person-brief' || isOpen);
}

type Said = Omit<Approval, 'step' | 'visit'>;

const REFUSAL: Said = { as: 'rejected' };

function approvalOf({ schema }: PlanInteraction, isBrief: boolean): Said {
  if (schema === undefined) return { as: 'approved' };
  const whole = sampleInput(schema);
  return { as: 'approved', data: isBrief ? required(whole, schema) : whole };
}

/** What the schema says that must be there; of a schema that says it elsewhere everything stays. */
function required(whole: Json, schema: Json): Json {
  const [names, properties] = isObject(schema) ? [own(schema, 'required'), own(schema, 'properties')] : [];
  if (!isObject(whole) || !isObject(properties)) return whole;
  const wanted: readonly Json[] = Array.isArray(names) ? names : [];
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => wanted.includes(name) || !Object.hasOwn(properties, name)),
  );
}

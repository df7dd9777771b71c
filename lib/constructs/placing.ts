/**
 * Which integration stands in which stack. CloudFormation allows 500 resources in one, and a template of 1 MB; all integrations
 * share a stack until either comes near, so that a plain `cdk deploy` works, then the next stack begins. In the order of their names; an
 * integration that is pinned to a stack stays there whatever is added, since moving it would be another table.
 */
import { Failure } from '../model/failure.ts';
import { receives } from '../model/alarm-table.ts';
import { everyWorkflowPromises, promisesOf } from '../model/promises.ts';
import { receivingOf } from './channels.ts';
import {
  borrowedSecrets,
  declaresHealth,
  type DescribedIntegration,
  secretsOf,
  systemsOf,
} from './described-integration.ts';

/** Below what CloudFormation allows by as much as one integration may grow. */
export const MOST_RESOURCES = 450;
export const MOST_BYTES = 950_000;
/** From here on a template is written without indentation, which would be two fifths of it. */
const MOST_INDENTED = 500_000;
/** A resource in a template, on average; of a machine without its definition. */
const BYTES_OF_RESOURCE = 1_250;
/** A definition's quotes are escaped once more. */
const ESCAPED = 1.15;
/** The first stack's, of what all share. */
const OF_SHARED = 1;
/** Table, bucket, queue, topic, the functions that every integration has, rules, the run API, alarms, dashboard, queries. */
const OF_INTEGRATION = 86;
/** A rule that asks, and the permission for it. */
const OF_HEALTH = 2;
/** Function, version, role, policy, log, two alarms, dashboard. */
const OF_SYSTEM = 8;
/** Beside call functions: core, lifecycle, run API, and four of upkeep. */
const OTHER_FUNCTIONS = 7;
/** Function, role, policy and log of what takes messages. */
const OF_TAKING = 4;
/** A mapping; a subscription or a rule, and the permission for it. */
const OF_CHANNEL = { sqs: 1, sns: 2, eventbridge: 2, http: 0, queue: 0 } as const;
/** An alarm of messages that nobody takes. */
const OF_RECEIVING = 1;
/** Two machines with role and policy each, and an alarm. */
const OF_WORKFLOW = 7;
const WATCHED_BY_ONE_ALARM = 9;
/** Two windows twice, and what joins each two; in place of the integration's own where every workflow promises. */
const OF_PROMISE = 6;

/** Integrations by the stack's name, in the order of the stacks. */
export type Placed = ReadonlyMap<string, readonly DescribedIntegration[]>;

export interface Placing {
  readonly first: string;
  /** Stack by integration. */
  readonly pinned: { readonly [integration: string]: string };
}

export function placed(integrations: readonly DescribedIntegration[], { first, pinned }: Placing): Placed {
  const unknown = Object.keys(pinned).find((name) => integrations.every((one) => one.name !== name));
  if (unknown !== undefined) throw unknownPin(unknown);
  const sorted = integrations.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const stacks = new Map<string, DescribedIntegration[]>([[first, []]]);
  for (const one of sorted.filter(({ name }) => Object.hasOwn(pinned, name)))
    stacks.set(pinned[one.name] ?? first, [...(stacks.get(pinned[one.name] ?? first) ?? []), one]);
  for (const one of sorted.filter(({ name }) => !Object.hasOwn(pinned, name))) place(one, stacks, first);
  return stacks;
}

function place(one: DescribedIntegration, stacks: Map<string, DescribedIntegration[]>, first: string): void {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? first : `${first}${number}`;
    const there = stacks.get(name) ?? [];
    const full = !fits([...there, one]);
    // One that is too large for any stack is put up alone; CloudFormation says what it thinks of it.
    if (full && there.length > 0) continue;
    stacks.set(name, [...there, one]);
    return;
  }
}

/** Whether one stack holds them, with what all share. */
export function fits(integrations: readonly DescribedIntegration[]): boolean {
  return resourcesOfAll(integrations) <= MOST_RESOURCES && bytesOf(integrations) <= MOST_BYTES;
}

/** Whether their template has room for being readable. */
export function mayBeIndented(integrations: readonly DescribedIntegration[]): boolean {
  return bytesOf(integrations) <= MOST_INDENTED;
}

/** How large their template is, about. */
export function bytesOf(integrations: readonly DescribedIntegration[]): number {
  const machines = integrations.flatMap(({ workflows }) =>
    workflows.flatMap(({ machine, undoMachine }) => [machine, undoMachine]),
  );
  const definitions = machines.reduce((sum, definition) => sum + Buffer.byteLength(JSON.stringify(definition)), 0);
  return resourcesOfAll(integrations) * BYTES_OF_RESOURCE + Math.ceil(definitions * ESCAPED);
}

function resourcesOfAll(integrations: readonly DescribedIntegration[]): number {
  return integrations.reduce((sum, one) => sum + resourcesOf(one), OF_SHARED);
}

/** How many resources it is in a template. */
export function resourcesOf(described: DescribedIntegration): number {
  const systems = systemsOf(described);
  const workflows = described.workflows.length;
  const checked = systems.filter((system) => secretsFor(system, described).length > 0).length;
  const brought = receivingOf(described);
  const takers = brought.length === 0 ? 0 : 1;
  const taking = brought.reduce((sum, { carrier }) => sum + OF_CHANNEL[carrier.kind], OF_TAKING * takers);
  const throttleAlarms = Math.ceil((systems.length + OTHER_FUNCTIONS + takers + workflows) / WATCHED_BY_ONE_ALARM);
  const asked = declaresHealth(described) ? OF_HEALTH : 0;
  const plans = described.workflows.map(({ plan }) => plan);
  const receiving = receives(plans) ? OF_RECEIVING : 0;
  const promised = OF_PROMISE * (promisesOf(plans).length - (everyWorkflowPromises(plans) ? 1 : 0));
  const parts = [
    OF_INTEGRATION,
    asked,
    taking,
    receiving,
    OF_SYSTEM * systems.length,
    checked,
    OF_WORKFLOW * workflows,
    throttleAlarms,
    promised,
  ];
  return parts.reduce((sum, part) => sum + part, 0);
}

function secretsFor(system: string, described: DescribedIntegration): readonly object[] {
  return [...secretsOf(system, described), ...borrowedSecrets(system, described)];
}

function unknownPin(name: string): Failure {
  return new Failure('integration-unknown', `The context pins '${name}' to a stack, and there is no such integration`, {
    kind: 'usage',
    remedy: 'Take it out of `stacks` in cdk.json.',
  });
}

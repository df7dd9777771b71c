/**
 * What stands on AWS of an integration, held against what there must be: its machines, the queue of dead letters, the
 * schedules of upkeep, and the alarms of the table that the stack is made from. That a template names a thing is no proof
 * that it is still there: each is looked for by itself. The stack is seen through a port.
 */
import { ALARMS, burnIdOf, BURNS, receives } from '../model/alarm-table.ts';
import { everyWorkflowPromises, promisesOf } from '../model/promises.ts';
import { reachedSystems } from '../model/dependencies.ts';
import { callPlaceholder } from '../model/placeholders.ts';
import type { Plan } from '../model/plan.ts';
import { type Check, type Checked, failed, ok, warning } from './check.ts';

export type ResourceKind = 'alarm' | 'queue' | 'schedule' | 'machine';

export interface StackResource {
  readonly logicalId: string;
  readonly kind: ResourceKind;
  /** As its service knows it. */
  readonly physicalId: string;
}

/** What its service says of a resource; undefined: it is not there. */
export interface Standing {
  readonly isOn: boolean;
  /** Worth a look, though it is there: an alarm that rings, letters that wait. */
  readonly trouble?: string;
}

export interface StackLook {
  /** Undefined where there is no such stack. */
  stack(name: string): Promise<{ readonly status: string; readonly resources: readonly StackResource[] } | undefined>;
  standing(resource: StackResource): Promise<Standing | undefined>;
}

export interface DeployedRequest {
  readonly stack: string;
  /** The integration's name. */
  readonly integration: string;
  readonly plans: readonly Plan[];
}

/** Resources that are asked for at once. */
const AT_ONCE = 8;

export async function verifyDeployed(
  { stack, integration, plans }: DeployedRequest,
  look: StackLook,
): Promise<Checked> {
  const found = await look.stack(stack);
  const named = { name: `deployed ${integration}`, at: stack };
  if (!found) {
    const fix = 'Deploy it, or name the stack by --stack and the region by --region.';
    return { ...named, checks: [failed('stack', `there is no stack ${stack}`, fix)] };
  }
  const own = ownResources(found.resources, integration);
  const expected = expectedOf(plans);
  const missing = expected.filter(({ kind, id }) => !own.some((one) => one.kind === kind && isNamed(one, id)));
  const standing = await inTurns(own, async (resource) => resourceCheck(resource, await look.standing(resource)));
  return {
    ...named,
    checks: [
      stackCheck(found.status),
      ...missing.map(({ kind, id }) => failed(`${kind} ${id}`, 'the stack has none', 'Deploy it anew: `cdk deploy`.')),
      ...standing,
    ],
  };
}

/** Of several integrations in one stack, those of this one: logical ids begin with the name of the construct. */
function ownResources(resources: readonly StackResource[], integration: string): readonly StackResource[] {
  const prefix = idOf(integration);
  const own = resources.filter(({ logicalId }) => logicalId.startsWith(prefix));
  return own.length > 0 ? own : resources;
}

/** `order-fulfilment` -> `OrderFulfilment`, as the stack names its constructs. */
function idOf(name: string): string {
  return name === '' ? '' : callPlaceholder(name).replace(/^Call/, '');
}

interface Expected {
  readonly kind: ResourceKind;
  readonly id: string;
}

function expectedOf(plans: readonly Plan[]): readonly Expected[] {
  const systems = [...new Set(plans.flatMap(reachedSystems))];
  const hasHealth = plans.some((plan) => Object.values(plan.systems).some(({ health }) => health));
  const receiving = receives(plans) ? [''] : [];
  const subjects = {
    integration: [''],
    receiving,
    workflow: plans.map(({ workflowId }) => workflowId),
    system: systems,
  };
  const alarms = Object.entries(ALARMS).flatMap(([id, row]) => subjects[row.of].map((of) => `${id}${idOf(of)}`));
  const promised = promisesOf(plans).flatMap((one) => BURNS.map((row) => burnIdOf(row, one)));
  const burns = [...(everyWorkflowPromises(plans) ? [] : BURNS.map(({ id }) => id)), ...promised];
  return [
    ...['DeadLettersAlarm', ...alarms, ...burns].map((id) => ({ kind: 'alarm', id }) as const),
    { kind: 'queue', id: 'DeadLettersQueue' },
    ...['UpkeepSweeping', 'UpkeepReconciling', ...(hasHealth ? ['UpkeepAsking'] : [])].map(
      (id) => ({ kind: 'schedule', id }) as const,
    ),
    ...plans.map(({ workflowId }) => ({ kind: 'machine', id: `Workflow${idOf(workflowId)}` }) as const),
  ];
}

/** The CDK ends a logical id with a digest, and what it stands in comes before. */
function isNamed({ logicalId }: StackResource, id: string): boolean {
  const plain = logicalId.replace(/[0-9A-F]{8}$/, '');
  return plain.endsWith(id) || plain.includes(id);
}

function stackCheck(status: string): Check {
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok('stack', status);
  if (status.endsWith('_IN_PROGRESS'))
    return warning('stack', `${status}: it is just being changed`, 'Ask again later.');
  const fix = 'See its events, and deploy anew.';
  return status === 'UPDATE_ROLLBACK_COMPLETE'
    ? warning('stack', `${status}: the last deployment failed, what was there before stands`, fix)
    : failed('stack', status, fix);
}

function resourceCheck({ kind, logicalId, physicalId }: StackResource, standing: Standing | undefined): Check {
  const name = `${kind} ${logicalId}`;
  if (!standing)
    return failed(
      name,
      `${shortened(physicalId)} is in the stack, and is not there any more`,
      'Deploy anew, or find out who removed it.',
    );
  if (!standing.isOn) return failed(name, 'it is there, and switched off', 'Switch it on again.');
  return standing.trouble === undefined ? ok(name, 'it is there') : warning(name, standing.trouble);
}

/** An ARN tells an account; its end is enough to find it. */
function shortened(physicalId: string): string {
  return physicalId.replace(/^.*[:/]/, '');
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}

/**
 * The functions of an integration and what each may touch. All run the same asset and are told where things are by their
 * environment (lib/aws/handler-ports.ts reads it); a call function may read the credentials of its system and of nobody
 * else, but for what its steps are probed at. No construct of its own: the functions stand directly
 * under the integration, and their ids are a contract.
 */
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { SecretRef } from '../model/environment.ts';
import { CORE, callPlaceholder } from '../model/placeholders.ts';
import { callTimeoutMs, coreTimeoutMs } from './function-times.ts';
import { receivingOf, sendingOf, signatureSecretsOf } from './channels.ts';
import {
  borrowedSecrets,
  type DescribedIntegration,
  secretsOf,
  systemsCalledBy,
  systemsOf,
} from './described-integration.ts';
import { HandlerFunction, type HandlerFunctionProps, type HandlerSettings } from './handler-function.ts';
import { LIFECYCLE_TIMEOUT } from './lifecycle.ts';
import { HEALTH_TIMEOUT, UPKEEP_TIMEOUT } from './upkeep.ts';
import { grantSending } from './messages.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import { API_TIMEOUT } from './run-api.ts';
import type { RunTable } from './run-table.ts';
import { grantSecrets } from './secret-grants.ts';
import { grantSigned } from './signing-grants.ts';
import type { Shared } from './shared.ts';

export interface HandlersProps {
  readonly described: DescribedIntegration;
  /** Systems of which the app knows more than what is in the asset. */
  readonly systems: DescribedIntegration['environment'];
  readonly policies: { readonly [system: string]: readonly iam.PolicyStatement[] };
  readonly runs: RunTable;
  readonly payloads: PayloadBucket;
  readonly shared: Shared;
  readonly settings: HandlerSettings;
}

export interface Handlers {
  /** By system. */
  readonly calls: ReadonlyMap<string, HandlerFunction>;
  readonly core: HandlerFunction;
  readonly lifecycle: HandlerFunction;
  readonly api: HandlerFunction;
  readonly sweep: HandlerFunction;
  readonly reconcile: HandlerFunction;
  readonly health: HandlerFunction;
  readonly redrive: HandlerFunction;
  /** Where a queue, a topic or a bus brings what runs wait for. */
  readonly messages?: HandlerFunction;
}

/** All of them, in a stable order. */
export function functionsOf(handlers: Handlers): readonly lambda.Function[] {
  const { calls, core, lifecycle, api, sweep, reconcile, health, redrive, messages } = handlers;
  const all = [
    ...calls.values(),
    core,
    lifecycle,
    api,
    sweep,
    health,
    reconcile,
    redrive,
    ...(messages ? [messages] : []),
  ];
  return all.map((one) => one.function);
}

const MESSAGES_TIMEOUT: Duration = Duration.seconds(30);
const CHECK_TIMEOUT: Duration = Duration.minutes(2);

export function handlersIn(scope: Construct, props: HandlersProps): Handlers {
  const { described } = props;
  const about = (what: string): string => `Interlock ${described.name}: ${what}`;
  const handlers: Handlers = {
    calls: new Map(systemsOf(described).map((system) => [system, callFunction(scope, system, props)])),
    core: handlerIn(scope, props, {
      id: CORE,
      description: about('raises, settles and closes runs'),
      handler: 'core.handler',
      timeout: Duration.millis(coreTimeoutMs(described.workflows)),
    }),
    lifecycle: handlerIn(scope, props, {
      id: 'Lifecycle',
      description: about('looks after runs whose execution has ended'),
      handler: 'lifecycle.handler',
      timeout: LIFECYCLE_TIMEOUT,
    }),
    api: handlerIn(scope, props, {
      id: 'RunApiHandler',
      description: about('answers the run API'),
      handler: 'api.handler',
      timeout: API_TIMEOUT,
    }),
    sweep: handlerIn(scope, props, {
      id: 'Sweep',
      description: about('moves runs that nobody moves'),
      handler: 'sweep.handler',
      timeout: UPKEEP_TIMEOUT,
    }),
    reconcile: handlerIn(scope, props, {
      id: 'Reconcile',
      description: about("compares runs with the systems' own state"),
      handler: 'reconcile.handler',
      timeout: UPKEEP_TIMEOUT,
    }),
    health: handlerIn(scope, props, {
      id: 'Health',
      description: about('asks whether the systems are well'),
      handler: 'health.handler',
      timeout: HEALTH_TIMEOUT,
      knowsRuns: false,
    }),
    redrive: handlerIn(scope, props, {
      id: 'Redrive',
      description: about('drives dead letters once more'),
      handler: 'redrive.handler',
      timeout: UPKEEP_TIMEOUT,
    }),
    ...(receivingOf(described).length > 0 && {
      messages: handlerIn(scope, props, {
        id: 'TakeMessages',
        description: about('hands messages to the runs that wait for them'),
        handler: 'messages.handler',
        timeout: MESSAGES_TIMEOUT,
      }),
    }),
  };
  props.payloads.grantKeepingPlans(handlers.api.role);
  // The end of a run wakes what waits in it, and so does an answer.
  const waking = [handlers.core, handlers.api, ...(handlers.messages ? [handlers.messages] : [])];
  if (hasWaits(described)) for (const one of waking) grantWaking(one);
  grantSecrets(handlers.api.role, signatureSecretsOf(described));
  return handlers;
}

/** A token names its task, so the service knows no resource that a policy could name for these. */
function grantWaking({ role }: HandlerFunction): void {
  const actions = ['states:SendTaskSuccess', 'states:SendTaskFailure'];
  role.addToPolicy(new iam.PolicyStatement({ actions, resources: ['*'] }));
}

function hasWaits({ workflows }: DescribedIntegration): boolean {
  return workflows.some(({ plan }) =>
    Object.values(plan.steps).some(({ interaction, receive }) => interaction ?? receive),
  );
}

/** One per system with the same code, so that each may read its own system's secrets only. */
function callFunction(scope: Construct, system: string, props: HandlersProps): HandlerFunction {
  const { described, policies } = props;
  const handler = handlerIn(scope, props, {
    id: callPlaceholder(system),
    description: `Interlock ${described.name}: calls ${system}`,
    handler: 'call.handler',
    timeout: Duration.millis(callTimeoutMs(system, described.workflows)),
    more: { INTERLOCK_SYSTEM: system, ...deployedSystems(scope, system, props) },
  });
  const secrets = [...secretsOf(system, described), ...borrowedSecrets(system, described)];
  grantSecrets(handler.role, secrets);
  const servers = described.workflows.flatMap(({ plan }) => plan.systems[system]?.servers ?? []);
  grantSigned(handler.role, described.environment[system] ?? {}, servers);
  grantSending(handler.role, sendingOf(system, described));
  for (const statement of policies[system] ?? []) handler.role.addToPolicy(statement.copy());
  if (secrets.length > 0) checkCredentials(handler, secrets);
  return handler;
}

interface HandlerOf extends Pick<HandlerFunctionProps, 'description' | 'handler' | 'timeout'> {
  readonly id: string;
  readonly more?: { readonly [name: string]: string };
  /** False: it may touch nothing of runs. Default: true. */
  readonly knowsRuns?: boolean;
}

function handlerIn(
  scope: Construct,
  props: HandlersProps,
  { id, more, knowsRuns = true, ...own }: HandlerOf,
): HandlerFunction {
  const { described, runs, payloads, shared, settings } = props;
  const environment = {
    INTERLOCK_TABLE: runs.table.tableName,
    INTERLOCK_SHARED_TABLE: shared.table.tableName,
    INTERLOCK_BUCKET: payloads.bucket.bucketName,
    INTERLOCK_PREFIX: payloads.prefix,
    INTERLOCK_INTEGRATION: described.name,
    ...more,
  };
  const handler = new HandlerFunction(scope, id, { ...settings, ...own, environment });
  if (!knowsRuns) return handler;
  runs.grantRuns(handler.role);
  payloads.grantValues(handler.role);
  shared.grantItems(handler.role);
  return handler;
}

/** Of the function's own system and those at which its steps are probed. */
function deployedSystems(scope: Construct, system: string, { described, systems }: HandlersProps): HandlerOf['more'] {
  const called = systemsCalledBy(system, described).filter((name) => Object.hasOwn(systems, name));
  if (called.length === 0) return {};
  const known = Object.fromEntries(called.map((name) => [name, systems[name]]));
  return { INTERLOCK_DEPLOYED: Stack.of(scope).toJsonString(known) };
}

/** Asked again when the function or what it needs has changed; see lib/aws/credential-check.ts. */
function checkCredentials({ role, function: handler }: HandlerFunction, references: readonly SecretRef[]): void {
  const check = new CustomResource(handler, 'Credentials', {
    resourceType: 'Custom::InterlockCredentials',
    serviceToken: handler.functionArn,
    serviceTimeout: CHECK_TIMEOUT,
    properties: { References: references, Handler: handler.currentVersion.version },
  });
  check.node.addDependency(role);
}

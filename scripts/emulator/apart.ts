/**
 * What the emulator's CloudFormation does not make, made as CloudFormation would: through the services' requests, by the
 * properties that the template has, its references filled in. The emulator then holds it to its own rules and gives it back.
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { AwsCalls } from './aws-calls.ts';
import type { Resource, Template } from './emulated-template.ts';
import type { StackNames } from './stack-names.ts';
import { type Named, valueOf } from './template-values.ts';

/** Before everything else, since permissions and addresses name them: their ids, by logical id. */
export async function createApis(template: Template, calls: AwsCalls): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const [id, { Properties }] of of(template, 'AWS::ApiGatewayV2::Api')) {
    const { ApiId, apiId } = await calls.rest('apigateway', 'POST /v2/apis', lowered({ Name: id, ...Properties }));
    ids.set(id, String(apiId ?? ApiId));
  }
  return ids;
}

/** Integrations, then the routes that name them, then the stage that has them. */
export async function createRoutes(template: Template, calls: AwsCalls, names: Named): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const known: Named = { ...named(names), ref: (id) => ids.get(id) ?? names.ref(id) };
  for (const [kind, path, key] of [
    ['Integration', 'integrations', 'integrationId'],
    ['Route', 'routes', 'routeId'],
    ['Stage', 'stages', 'stageName'],
  ] as const)
    for (const [id, { Properties }] of of(template, `AWS::ApiGatewayV2::${kind}`)) {
      const { ApiId, ...properties } = valueOf(Properties, known) as JsonObject;
      const made = await calls.rest('apigateway', `POST /v2/apis/${String(ApiId)}/${path}`, lowered(properties));
      ids.set(id, String(made[key]));
    }
  return ids;
}

function named(names: Named): Named {
  return { ref: (id) => names.ref(id), attribute: (id, name) => names.attribute(id, name) };
}

/** Its CloudWatch knows no composite ones. */
export async function createAlarms(template: Template, calls: AwsCalls, names: Named): Promise<void> {
  for (const [id, { Properties }] of of(template, 'AWS::CloudWatch::Alarm')) {
    const { Tags: _, ...properties } = valueOf(Properties, names) as JsonObject;
    await calls.query('monitoring', 'PutMetricAlarm', { AlarmName: id, ...properties });
  }
}

/** Properties of what it makes that it passes over, though their services know them. */
export async function complete(template: Template, calls: AwsCalls, names: StackNames): Promise<void> {
  for (const [id, { Properties }] of of(template, 'AWS::DynamoDB::Table')) {
    const TableName = names.ref(id);
    const { TimeToLiveSpecification, PointInTimeRecoverySpecification } = Properties;
    if (TimeToLiveSpecification)
      await calls.json('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
    if (PointInTimeRecoverySpecification)
      await calls.json('dynamodb', 'UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
  }
  for (const [id, { Properties }] of of(template, 'AWS::StepFunctions::StateMachine')) {
    const { LoggingConfiguration, TracingConfiguration } = valueOf(Properties, names) as JsonObject;
    const given = {
      ...(LoggingConfiguration && { LoggingConfiguration }),
      ...(TracingConfiguration && { TracingConfiguration }),
    };
    await calls.json('states', 'UpdateStateMachine', { stateMachineArn: names.ref(id), ...lowered(given) });
  }
}

export function of(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** What templates write large, requests of younger services write small; keys of maps (`GET /runs`) are no names. */
export function lowered(value: Json): JsonObject {
  return small(value) as JsonObject;
}

function small(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => small(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      /^[A-Z][A-Za-z]*$/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name,
      small(member),
    ]),
  );
}

/**
 * A synthesised template as the emulator's CloudFormation can take it. Each change stands here with its reason, and none
 * leaves anything out unseen: what it cannot make is handed back, to be made through its service's own requests (apart.ts).
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import { PSEUDO } from './template-values.ts';

export interface Resource extends JsonObject {
  readonly Type: string;
  readonly Properties: JsonObject;
}

export interface Template extends JsonObject {
  readonly Resources: { readonly [logicalId: string]: Resource };
}

/** The emulator passes over them without a word, and fails at whatever refers to them. */
export const APART: readonly string[] = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

export function idOfAlarm(logicalId: string): string {
  return `arn:aws:cloudwatch:${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}:alarm:${logicalId}`;
}

/** `apis`: by logical id, of those that were made beforehand, since addresses and permissions name them. */
export function emulated(template: Template, apis: ReadonlyMap<string, string>): Template {
  const known = Object.entries(template.Resources).filter(([, { Type }]) => !APART.includes(Type));
  const isThere = (id: Json): boolean => known.some(([name]) => name === id);
  const resources = known.map(([id, resource]) => [id, taken(resource, isThere)] as const);
  const standIn = (id: string, attribute?: string): Json | undefined =>
    standsFor(template.Resources[id], { id, attribute, apis });
  return renamed({ ...template, Resources: Object.fromEntries(resources) }, standIn) as Template;
}

interface Referred {
  readonly id: string;
  /** None: a plain reference. */
  readonly attribute: string | undefined;
  readonly apis: ReadonlyMap<string, string>;
}

/** What stands in place of a reference that the emulator would not understand, or wrongly. */
function standsFor(resource: Resource | undefined, { id, attribute, apis }: Referred): Json | undefined {
  switch (resource?.Type) {
    case 'AWS::ApiGatewayV2::Api':
      return apis.get(id);
    case 'AWS::CloudWatch::Alarm':
    case 'AWS::CloudWatch::CompositeAlarm':
      return idOfAlarm(id);
    case 'AWS::Lambda::Version':
      // The first one of a function is always the first.
      return attribute === 'Version' ? '1' : { 'Fn::Sub': `${arnText(resource.Properties['FunctionName'])}:1` };
    case 'AWS::Logs::LogGroup':
      // What it says of a log group's ARN lacks the end.
      return attribute === 'Arn' ? { 'Fn::Sub': `\${${id}.Arn}:*` } : undefined;
    default:
      return undefined;
  }
}

function arnText(functionName: Json | undefined): string {
  return `\${${String((functionName as JsonObject)['Ref'])}.Arn}`;
}

function taken(resource: Resource, isThere: (id: Json) => boolean): Resource {
  const { DependsOn, DeletionPolicy, Properties, Type } = resource;
  const waitsFor = [DependsOn ?? []].flat().filter(isThere);
  return {
    ...resource,
    // It reads this one newer word as "delete".
    ...(DeletionPolicy === 'RetainExceptOnCreate' && { DeletionPolicy: 'Retain' }),
    ...(DependsOn !== undefined && { DependsOn: waitsFor }),
    Properties: Type === 'AWS::StepFunctions::StateMachine' ? filledIn(Properties) : Properties,
  };
}

/** It knows no DefinitionSubstitutions; Fn::Sub says the same. */
function filledIn({ DefinitionString, DefinitionSubstitutions, ...others }: JsonObject): JsonObject {
  return { ...others, DefinitionString: { 'Fn::Sub': [DefinitionString ?? '', DefinitionSubstitutions ?? {}] } };
}

function renamed(value: Json, standIn: (id: string, attribute?: string) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, standIn));
  if (!isObject(value)) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value;
  const [id, name] = Array.isArray(attribute) ? attribute.map(String) : [];
  const other = typeof Ref === 'string' ? standIn(Ref) : id === undefined ? undefined : standIn(id, name);
  return other ?? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renamed(member, standIn)]));
}

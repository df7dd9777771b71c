/**
 * A synthesised template put up on loopback: every function as Lambda would run it, from the asset that would be
 * uploaded; every machine in an engine, its placeholders filled in as CloudFormation fills them in; the rule on ended
 * executions. Names of resources are the world's; the template alone says what refers to what.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import type { MachineType } from '../../lib/engine/definition/validation.ts';
import type { StateMachineDefinition } from '../../lib/model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { FunctionCode } from './lambda-function.ts';
import { type Named, textOf, valueOf } from '../../scripts/emulator/template-values.ts';

export interface Deployed {
  readonly functions: readonly FunctionCode[];
  readonly machines: readonly DeployedMachine[];
  readonly rules: readonly Rule[];
  /** Of a type, by logical id. */
  ids(type: string): readonly string[];
  properties(logicalId: string): JsonObject;
}

export interface DeployedMachine {
  readonly logicalId: string;
  readonly name: string;
  readonly type: MachineType;
  readonly definition: StateMachineDefinition;
}

/** What EventBridge sends where. */
export interface Rule {
  readonly pattern: JsonObject;
  /** ARNs of functions. */
  readonly targets: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: JsonObject;
}

export function templateOf(app: App, stack: Stack): ReadonlyMap<string, Resource> {
  const assembly = app.synth();
  const { template } = assembly.getStackByName(stack.stackName);
  return new Map(Object.entries((template as { readonly Resources: { readonly [id: string]: Resource } }).Resources));
}

export function deployed(resources: ReadonlyMap<string, Resource>, folder: string, names: Named): Deployed {
  const assets = assetFolders(folder);
  const of = (type: string): readonly (readonly [string, JsonObject])[] =>
    [...resources].flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties] as const] : []));
  return {
    functions: of('AWS::Lambda::Function').map(([id, properties]) => functionCode(id, properties, { assets, names })),
    machines: of('AWS::StepFunctions::StateMachine').map(([logicalId, properties]) => ({
      logicalId,
      name: textOf(properties['StateMachineName'], names),
      type: properties['StateMachineType'] === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
      definition: definitionOf(properties, names),
    })),
    rules: of('AWS::Events::Rule').flatMap(([, { EventPattern, Targets }]) =>
      EventPattern === undefined ? [] : [ruleOf(EventPattern, Targets as readonly JsonObject[], names)],
    ),
    ids: (type) => of(type).map(([id]) => id),
    properties: (id) => resources.get(id)?.Properties ?? {},
  };
}

/** By the hash that a template names them with. */
function assetFolders(folder: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(folder, 'Interlock.assets.json'), 'utf8')) as {
    readonly files: { readonly [hash: string]: { readonly source: { readonly path: string } } };
  };
  return new Map(Object.entries(manifest.files).map(([hash, { source }]) => [hash, join(folder, source.path)]));
}

function functionCode(
  name: string,
  properties: JsonObject,
  { assets, names }: { readonly assets: ReadonlyMap<string, string>; readonly names: Named },
): FunctionCode {
  const { S3Key } = properties['Code'] as JsonObject;
  const hash = String(S3Key).replace(/\.zip$/, '');
  const folder = assets.get(hash);
  if (folder === undefined) throw new Error(`the assembly has no asset ${hash} for ${name}`);
  const { Variables } = properties['Environment'] as JsonObject;
  return {
    name,
    handler: String(properties['Handler']),
    folder,
    timeoutSeconds: Number(properties['Timeout']),
    environment: valueOf(Variables ?? {}, names) as { readonly [name: string]: string },
  };
}

function definitionOf(properties: JsonObject, names: Named): StateMachineDefinition {
  const substitutions = valueOf(properties['DefinitionSubstitutions'] ?? {}, names) as {
    readonly [name: string]: string;
  };
  const text = textOf(properties['DefinitionString'], names).replace(/\$\{([A-Za-z0-9]+)\}/g, (_, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new Error(`nothing is substituted for ${name}`);
    return value;
  });
  return JSON.parse(text) as StateMachineDefinition;
}

function ruleOf(pattern: Json, targets: readonly JsonObject[], names: Named): Rule {
  return {
    pattern: valueOf(pattern, names) as JsonObject,
    targets: targets.map(({ Arn }) => textOf(Arn, names)),
  };
}

/** EventBridge's matching, as far as our patterns go: each member is one of a list, or begins with one, or an object of members. */
export function matches(pattern: Json, event: Json | undefined): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => fits(one, event ?? null));
  if (typeof pattern !== 'object' || pattern === null) throw new Error('a pattern is made of lists and objects');
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return false;
  return Object.entries(pattern).every(([name, of]) => matches(of, (event as JsonObject)[name]));
}

function fits(wanted: Json, value: Json): boolean {
  if (!isObject(wanted)) return wanted === value;
  const { prefix } = wanted;
  if (typeof prefix !== 'string') throw new Error(`a pattern that is not understood here: ${JSON.stringify(wanted)}`);
  return typeof value === 'string' && value.startsWith(prefix);
}

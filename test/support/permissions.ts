/** What a role of a template may do, as lines a reviewer reads: `dynamodb:GetItem on RefundsRunsTable.Arn`. */
import type { Template } from 'aws-cdk-lib/assertions';
import { isObject, type Json } from '../../lib/model/json.ts';
import { readableId, resourcesOf } from './synthesised.ts';

export interface Allowed {
  readonly action: string;
  readonly resource: string;
}

/** By the role's readable id. A statement that does anything but allow named actions on named resources is refused. */
export function permissionsOf(template: Template): ReadonlyMap<string, readonly Allowed[]> {
  const roles = new Map<string, Allowed[]>();
  for (const [id, { Properties: role }] of resourcesOf(template, 'AWS::IAM::Role')) {
    if (role['ManagedPolicyArns'] !== undefined) throw new Error(`${id} has managed policies, which nobody here wrote`);
    roles.set(readableId(id), list(role['Policies']).flatMap(allowedBy));
  }
  for (const { Properties: policy } of resourcesOf(template, 'AWS::IAM::Policy').values()) {
    for (const role of list(policy['Roles'])) roles.get(textOf(role))?.push(...allowedBy(policy));
  }
  return roles;
}

export function lines(allowed: readonly Allowed[] | undefined): readonly string[] {
  return (allowed ?? []).map(({ action, resource }) => `${action} on ${machinesIn(resource)}`).sort();
}

/** The machines of an integration, by the kinds that their names begin with: `machines Refunds-undo-*`. */
function machinesIn(resource: string): string {
  const own = /^arn:\$\{AWS::Partition\}:states:\$\{AWS::Region\}:\$\{AWS::AccountId\}:(stateMachine|execution):/;
  return resource
    .replace(own, (_, kind: string) => (kind === 'execution' ? 'executions ' : 'machines '))
    .replace(`-\${AWS::StackId}-`, '-')
    .replace(/(?<=^(?:machines|executions) \w+)-[0-9a-f]{8}(?=-)/, '');
}

/** The beginning of the stack's own identity. */
const OF_STACK = JSON.stringify({
  'Fn::Select': [0, { 'Fn::Split': ['-', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }] }],
});

function allowedBy(policy: Json): readonly Allowed[] {
  const document = isObject(policy) ? policy['PolicyDocument'] : undefined;
  return list(isObject(document) ? document['Statement'] : undefined).flatMap((statement) => {
    const keys = isObject(statement) ? Object.keys(statement).filter((key) => key !== 'Sid') : [];
    if (!isObject(statement) || keys.toSorted().join() !== 'Action,Effect,Resource' || statement['Effect'] !== 'Allow')
      throw new Error(`this reader knows no such statement: ${JSON.stringify(statement)}`);
    const resources = list(statement['Resource']).map(textOf);
    return list(statement['Action']).flatMap((action) =>
      resources.map((resource) => ({ action: textOf(action), resource })),
    );
  });
}

/** Intrinsic functions as the text that they stand for, logical ids without their digest. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', null]] = isObject(value) ? Object.entries(value) : [];
  if (name === 'Ref')
    return String(argument).startsWith('AWS::') ? `\${${String(argument)}}` : readableId(String(argument));
  if (name === 'Fn::GetAtt') return `${readableId(String(list(argument)[0]))}.${String(list(argument)[1])}`;
  if (name === 'Fn::Join')
    return list(list(argument)[1])
      .map(textOf)
      .join(String(list(argument)[0]));
  if (JSON.stringify(value) === OF_STACK) return '${AWS::StackId}';
  throw new Error(`this reader knows no such value: ${JSON.stringify(value)}`);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/**
 * Expression and scope to value. Only own members are ever read. A name with dots is first one key, then a way down
 * (Arazzo names may contain dots, but documents use them for nesting). A reason tells how far the way led; it names
 * ids and members of the description, and never a value of the run.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { unreachable } from '../model/assert.ts';
import type { Expression, Inside, InteractionPart, Member, MessageContent, MessagePart } from './expression.ts';
import { type Found, found, missing } from './found.ts';
import { atPointer, formatPointer, member } from './pointer.ts';
import type { Message, Scope } from './scope.ts';

export function resolve(expression: Expression, scope: Scope): Found {
  switch (expression.source) {
    case 'url':
    case 'method':
    case 'statusCode':
    case 'self':
      return scalar(scope[expression.source], `$${expression.source}`);
    case 'request':
    case 'response':
    case 'message':
      return ofMessage(expression, scope[expression.source]);
    case 'inputs':
      return ofMembers(scope.inputs, expression, 'the inputs');
    case 'outputs':
      return ofMembers(scope.outputs, expression, "the workflow's outputs");
    case 'interaction':
      return ofInteraction(expression, scope.interaction);
    case 'item':
      return scope.item === undefined ? missing('there is no $item here') : inside(scope.item, expression, 'the item');
    case 'steps':
      return ofStep(scope.steps?.get(expression.stepId), expression, expression.stepId);
    case 'workflows':
      return ofWorkflow(expression, scope);
    case 'sourceDescriptions':
      return ofSource(expression, scope);
    case 'components':
      return ofComponent(expression, scope);
    default:
      return unreachable(expression, 'source of values');
  }
}

function scalar(value: Json | undefined, name: string): Found {
  return value === undefined ? missing(`there is no ${name} here`) : found(value);
}

function ofMessage(expression: MessagePart | MessageContent, message: Message | undefined): Found {
  const { source, part } = expression;
  if (message === undefined) return missing(`there is no ${source} here`);
  switch (part) {
    case 'body':
    case 'payload':
      return message[part] === undefined
        ? missing(`the ${source} has no ${part}`)
        : inside(message[part], expression, `the ${part} of the ${source}`);
    case 'header':
      return namedPart(headerOf(message, expression.name), expression);
    case 'query':
    case 'path':
      return namedPart(own(message[part], expression.name), expression);
    default:
      return unreachable(part, 'part of a message');
  }
}

function ofInteraction(expression: InteractionPart, said: Scope['interaction']): Found {
  const value = said?.[expression.part];
  if (value === undefined) return missing(`nobody has given a ${expression.part} here`);
  return inside(value, expression, `the ${expression.part} of the interaction`);
}

function namedPart(value: Json | undefined, { source, part, name }: MessagePart): Found {
  return value === undefined ? missing(`the ${source} has no ${part} \`${name}\``) : found(value);
}

/** Field names are case-insensitive (RFC 9110 section 5.1). */
function headerOf(message: Message, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(message.header ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function ofStep(outputs: JsonObject | undefined, at: Member, stepId: string): Found {
  if (outputs === undefined) return missing(`the step \`${stepId}\` has given no outputs`);
  return ofMembers(outputs, at, `the outputs of the step \`${stepId}\``);
}

function ofWorkflow(expression: Extract<Expression, { source: 'workflows' }>, scope: Scope): Found {
  const { workflowId } = expression;
  const workflow = scope.workflows?.get(workflowId);
  if (workflow === undefined) return missing(`the workflow \`${workflowId}\` has not run`);
  if (expression.field !== 'steps') {
    return ofMembers(
      workflow[expression.field],
      expression,
      `the ${expression.field} of the workflow \`${workflowId}\``,
    );
  }
  if (expression.name === undefined) return missing('a step by itself is no value');
  return ofStep(workflow.steps?.get(expression.stepId), { ...expression, name: expression.name }, expression.stepId);
}

function ofSource(expression: Extract<Expression, { source: 'sourceDescriptions' }>, scope: Scope): Found {
  const { name, reference } = expression;
  const fields = scope.sourceDescriptions?.get(name);
  if (fields === undefined) return missing(`there is no source description \`${name}\` here`);
  const value = own(fields, reference);
  return value === undefined ? missing(`the source description \`${name}\` has no \`${reference}\``) : found(value);
}

function ofComponent(expression: Extract<Expression, { source: 'components' }>, scope: Scope): Found {
  const { component, name } = expression;
  const value = scope.components && atPointer(scope.components, [component, name]);
  return value === undefined ? missing(`there is no component \`${component}.${name}\` here`) : found(value);
}

function ofMembers(values: JsonObject | undefined, at: Member, what: string): Found {
  if (values === undefined) return missing(`${what} are not known here`);
  if (at.name === '') return inside(values, at, what);
  const value = byName(values, at.name);
  return value === undefined ? missing(`${what} hold no \`${at.name}\``) : inside(value, at, `\`${at.name}\``);
}

/** The exact key; failing that, the part before the first dot, and in it the rest by the same rule. */
function byName(values: Json, name: string): Json | undefined {
  let here: Json | undefined = values;
  let rest = name;
  while (here !== undefined) {
    const exact = member(here, rest);
    const dot = rest.indexOf('.');
    if (exact !== undefined || dot < 0) return exact;
    here = member(here, rest.slice(0, dot));
    rest = rest.slice(dot + 1);
  }
  return undefined;
}

function inside(value: Json, { trail, pointer }: Inside, what: string): Found {
  const reached = walkTrail(value, trail);
  const end = reached === undefined ? undefined : atPointer(reached, pointer);
  return end === undefined ? missing(`${what} has nothing at ${formatPointer([...trail, ...pointer])}`) : found(end);
}

/** Steps by tolerated dots and brackets, where `length` of a list or text is understood too. */
export function walkTrail(value: Json, trail: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const token of trail) {
    if (here === undefined) return undefined;
    here = member(here, token) ?? lengthOf(here, token);
  }
  return here;
}

function lengthOf(value: Json, token: string): number | undefined {
  if (token !== 'length') return undefined;
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
}

function own(values: JsonObject | undefined, name: string): Json | undefined {
  return isObject(values) && Object.hasOwn(values, name) ? values[name] : undefined;
}

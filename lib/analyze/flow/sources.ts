/**
 * Where a value of a plan comes from: followed through inputs and outputs of workflows to the answer that it is cut out of,
 * with the schema that the documents give it there and whether it is sure to be there. One value may have several sources: a
 * probe or a fallback stands in for a step. What is not known has no schema; nothing is guessed.
 */
import type { Expression } from '../../expressions/expression.ts';
import { parseExpression } from '../../expressions/parse.ts';
import { formatPointer, isIndex, parsePointer } from '../../expressions/pointer.ts';
import { isObject, type Json, own } from '../../model/json.ts';
import type { Plan, PlanCall, PlanForEach, PlanScope, PlanStep } from '../../model/plan.ts';
import type { Value } from '../../model/value.ts';
import { memberAt, type Member, type Presence } from '../fit/members.ts';
import { ofInputs, type Typed } from '../fit/typed.ts';
import { answerOf } from './answers.ts';
import { isVouched, type Vouched, vouchedBy } from './vouched.ts';

export type SourceKind = 'answer' | 'input' | 'constant' | 'text' | 'exchange';

export interface Source {
  readonly kind: SourceKind;
  /** As it is written where it begins: `$response.body#/id`, `$inputs.order`. */
  readonly text: string;
  /** Path of the step or call whose answer it is. */
  readonly call?: string;
  /** What stood in for the step. */
  readonly by?: 'probe' | 'fallback';
  readonly presence: Presence;
  readonly typed?: Typed;
}

export interface View {
  readonly scope: string;
  /** What `$outputs` is of. */
  readonly callee?: string;
  /** What `$response` is the answer to. */
  readonly call?: PlanCall;
}

/** Workflows within workflows; a plan has no more. */
const MAX_DEPTH = 40;
const TEXT: Json = { type: 'string' };

export class Sources {
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  of(value: Value, view: View, inside: readonly string[] = [], depth = 0): readonly Source[] {
    if (depth > MAX_DEPTH) return [];
    switch (value.kind) {
      case 'literal':
        return [constant(value.value, inside)];
      case 'template':
        return [{ kind: 'text', text: templateText(value.parts), presence: 'sure', typed: local(TEXT) }];
      case 'object': {
        const [name, ...rest] = inside;
        const field = value.fields.find((one) => one.name === name);
        return field ? this.of(field.value, view, rest, depth + 1) : [];
      }
      case 'array': {
        const [index, ...rest] = inside;
        const item = index === undefined ? undefined : value.items[Number(index)];
        return item ? this.of(item, view, rest, depth + 1) : [];
      }
      case 'selector': {
        const pointer = value.language.type === 'jsonpointer' ? parsePointer(value.selector) : undefined;
        return pointer ? this.ofText(value.context, view, [...pointer, ...inside], depth) : [unknown(value.context)];
      }
      case 'expression':
        return this.ofText(value.text, view, inside, depth);
    }
  }

  private ofText(text: string, view: View, inside: readonly string[], depth: number): readonly Source[] {
    const parsed = parseExpression(text);
    if (!parsed.ok) return [unknown(text)];
    const found = this.ofExpression(parsed.expression, text, view, inside, depth);
    return found.length > 0 ? found : [unknown(text)];
  }

  private ofExpression(
    expression: Expression,
    text: string,
    view: View,
    inside: readonly string[],
    depth: number,
  ): readonly Source[] {
    switch (expression.source) {
      case 'statusCode':
        return [{ kind: 'exchange', text, presence: 'sure', typed: local({ type: 'integer' }) }];
      case 'url':
      case 'method':
        return [{ kind: 'exchange', text, presence: 'sure', typed: local(TEXT) }];
      case 'request':
        return isKey(expression) ? [{ kind: 'exchange', text, presence: 'sure', typed: local(TEXT) }] : [];
      case 'response':
        if (expression.part !== 'body' || !view.call) return [unknown(text, view.call)];
        return [this.ofAnswer(view.call, text, [...expression.trail, ...expression.pointer, ...inside])];
      case 'inputs':
        return this.ofInput(view.scope, expression.name, [...wayOf(expression), ...inside], depth);
      case 'outputs':
        return view.callee === undefined
          ? []
          : this.ofResult(view.callee, expression.name, [...wayOf(expression), ...inside], depth);
      case 'steps':
        return this.ofMember(view.scope, expression.stepId, expression.name, [...wayOf(expression), ...inside], {
          depth,
          reader: view.call,
        });
      case 'workflows': {
        const target = own(this.plan.scopes[view.scope]?.workflows ?? {}, expression.workflowId);
        if (target === undefined) return [];
        const way = [...wayOf(expression), ...inside];
        if (expression.field === 'steps') {
          return this.ofMember(target, expression.stepId, expression.name ?? '', way, { depth, reader: view.call });
        }
        if (expression.field === 'inputs') return this.ofInput(target, expression.name, way, depth);
        return this.ofResult(target, expression.name, way, depth);
      }
      default:
        return [];
    }
  }

  private ofAnswer(call: PlanCall, text: string, pointer: readonly string[]): Source {
    const typed = answerOf(this.plan, call);
    const base = { kind: 'answer', text: inText(text, pointer), call: call.path } as const;
    if (!typed) return { ...base, presence: 'unknown' };
    return { ...base, ...vouchedMember(typed, pointer, vouchedBy(this.plan, call)) };
  }

  private ofInput(scope: string, name: string, inside: readonly string[], depth: number): readonly Source[] {
    const planned: PlanScope | undefined = this.plan.scopes[scope];
    if (!planned) return [];
    const { parent, inputs, inputSchema } = planned;
    if (parent === undefined) return inputSchema === undefined ? [] : [inputOf(inputSchema, name, inside)];
    if (inputs === undefined) return this.ofInput(parent, name, inside, depth + 1);
    return this.named(inputs, name, { scope: parent }, inside, depth);
  }

  private ofResult(scope: string, name: string, inside: readonly string[], depth: number): readonly Source[] {
    return this.named(this.plan.scopes[scope]?.outputs ?? {}, name, { scope }, inside, depth);
  }

  private ofMember(
    scope: string,
    stepId: string,
    name: string,
    inside: readonly string[],
    { depth, reader }: Reading,
  ): readonly Source[] {
    const member = own(this.plan.scopes[scope]?.members ?? {}, stepId);
    if (member === undefined) return [];
    if ('step' in member) return this.ofSteps(member.step, name, inside, { depth, reader });
    const { caller, parent } = this.plan.scopes[member.scope] ?? {};
    if (!caller || parent === undefined) return [];
    return this.named(caller.outputs, name, { scope: parent, callee: member.scope }, inside, depth);
  }

  /** Of a step that is done for each of a list: to others its outputs are lists, to what belongs to an item its own. */
  private ofSteps(
    path: string,
    name: string,
    inside: readonly string[],
    { depth, reader }: Reading,
  ): readonly Source[] {
    const { forEach } = this.plan.steps[path] ?? {};
    const isOfItem = reader?.path === path || reader?.path.startsWith(`${path}#`) === true;
    if (!forEach || isOfItem) return this.ofStep(path, name, inside, depth);
    const [index, ...rest] = inside;
    if (index !== undefined && !isIndex(index)) return [];
    return this.ofStep(path, name, rest, depth).map((source) =>
      index === undefined ? listOf(source, forEach) : { ...source, presence: 'unknown' },
    );
  }

  private ofStep(path: string, name: string, inside: readonly string[], depth: number): readonly Source[] {
    const step: PlanStep | undefined = this.plan.steps[path];
    if (!step) return [];
    const { fallback, probe } = step;
    const beside = (call: string | undefined, by: 'probe' | 'fallback'): readonly Source[] => {
      const found = call === undefined ? undefined : this.plan.calls[call];
      if (!found || !isDeclared(found.outputs, name)) return [];
      return this.named(found.outputs, name, viewOf(found), inside, depth).map((source) => ({ ...source, by }));
    };
    const fixed =
      fallback?.kind === 'outputs' && isDeclared(fallback.outputs, name)
        ? this.named(fallback.outputs, name, viewOf(step), inside, depth).map((one) => ({
            ...one,
            by: 'fallback' as const,
          }))
        : [];
    return [
      ...this.named(step.outputs, name, viewOf(step), inside, depth),
      ...beside(probe?.call, 'probe'),
      ...beside(fallback?.kind === 'call' ? fallback.call : undefined, 'fallback'),
      ...fixed,
    ];
  }

  /** A name with dots is one name where it is declared, else a way down. */
  private named(
    values: { readonly [name: string]: Value },
    name: string,
    view: View,
    inside: readonly string[],
    depth: number,
  ): readonly Source[] {
    const declared = declaredIn(values, name);
    const value = declared === undefined ? undefined : values[declared];
    if (declared === undefined || value === undefined) return [];
    return this.of(value, view, [...restOf(name, declared), ...inside], depth + 1);
  }
}

/** Who reads, and how deep the way to it has been. */
interface Reading {
  readonly depth: number;
  readonly reader: PlanCall | undefined;
}

/** Null stands where an item failed and that was tolerated; an item that ended well may lack the value, and then too. */
function listOf(source: Source, { tolerate }: PlanForEach): Source {
  const { typed, ...rest } = source;
  if (!typed) return { ...rest, presence: 'sure', typed: local({ type: 'array' }) };
  const mayBeNull = tolerate !== 0 || source.presence === 'maybe';
  const items: Json = mayBeNull ? { anyOf: [typed.schema, { type: 'null' }] } : typed.schema;
  return { ...rest, presence: 'sure', typed: { ...typed, schema: { type: 'array', items } } };
}

export function viewOf(call: PlanCall): View {
  return { scope: call.scope, call };
}

function wayOf({
  trail,
  pointer,
}: {
  readonly trail: readonly string[];
  readonly pointer: readonly string[];
}): readonly string[] {
  return [...trail, ...pointer];
}

/** It is always sent with what changes something, and what does not is not asked after. */
function isKey(expression: Extract<Expression, { source: 'request' | 'response' | 'message' }>): boolean {
  return expression.part === 'header' && expression.name.toLowerCase() === 'idempotency-key';
}

function isDeclared(values: { readonly [name: string]: Value }, name: string): boolean {
  return declaredIn(values, name) !== undefined;
}

function declaredIn(values: { readonly [name: string]: unknown }, name: string): string | undefined {
  if (Object.hasOwn(values, name)) return name;
  const candidates = Object.keys(values).filter((one) => name.startsWith(`${one}.`));
  return candidates.sort((a, b) => b.length - a.length)[0];
}

function restOf(name: string, declared: string): readonly string[] {
  return name === declared ? [] : name.slice(declared.length + 1).split('.');
}

function inputOf(inputSchema: Json, name: string, inside: readonly string[]): Source {
  const typed = ofInputs(inputSchema);
  const properties = isObject(inputSchema) ? own(inputSchema, 'properties') : undefined;
  const declared = isObject(properties) ? (declaredIn(properties, name) ?? name) : name;
  const way = name === '' ? inside : [declared, ...restOf(name, declared), ...inside];
  const found = memberAt(typed, way);
  const text = `$inputs${name === '' ? '' : `.${name}`}${hash(inside)}`;
  if (way.length !== 1) return { kind: 'input', text, ...found };
  // What has a default is filled in before the run begins; a name that is not declared is the check's to report.
  const isFilled = found.typed !== undefined && hasDefault(found.typed.schema);
  const presence = isFilled ? 'sure' : found.presence === 'untold' ? 'unknown' : found.presence;
  return { kind: 'input', text, ...found, presence };
}

function hasDefault(schema: Json): boolean {
  return isObject(schema) && own(schema, 'default') !== undefined;
}

const LONGEST_TEXT = 60;

function short(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

function constant(value: Json, inside: readonly string[]): Source {
  const { presence, typed } = memberAt(local({ const: value }), inside);
  return { kind: 'constant', text: short(JSON.stringify(value)), presence, ...(typed && { typed }) };
}

/** What a criterion has looked at is there, and is not null, when the step is done; below it, the schema goes on. */
function vouchedMember(typed: Typed, pointer: readonly string[], vouched: Vouched): Member {
  const prefixes = pointer.map((_, index) => pointer.slice(0, pointer.length - index));
  const seen = prefixes.find((prefix) => isVouched(vouched, prefix));
  if (!seen) return memberAt(typed, pointer);
  const found = memberAt(typed, seen);
  if (!found.typed) return found.presence === 'maybe' ? { presence: 'sure' } : found;
  const { schema, definitions } = found.typed;
  const rest = memberAt({ schema: { allOf: [schema, NOT_NULL] }, definitions }, pointer.slice(seen.length));
  return found.presence === 'unknown' ? { ...rest, presence: 'unknown' } : rest;
}

const NOT_NULL: Json = { type: ['boolean', 'number', 'string', 'array', 'object'] };

function unknown(text: string, call?: PlanCall): Source {
  return { kind: 'exchange', text, presence: 'unknown', ...(call && { call: call.path }) };
}

function local(schema: Json): Typed {
  return { schema, definitions: {} };
}

function inText(text: string, pointer: readonly string[]): string {
  return text.includes('#')
    ? `${text.slice(0, text.indexOf('#'))}${hash(pointer)}`
    : `${text.split('body')[0]}body${hash(pointer)}`;
}

function hash(pointer: readonly string[]): string {
  return pointer.length === 0 ? '' : `#${formatPointer(pointer)}`;
}

function templateText(parts: readonly (string | { readonly text: string })[]): string {
  return short(parts.map((part) => (typeof part === 'string' ? part : `{${part.text}}`)).join(''));
}

/**
 * Where values go: each parameter, each part of a payload and each input of a sub-workflow that a plan gives a value, with
 * the schema that is declared for it and whether it may do without. A payload is walked as it is written, down to what is not
 * written but read.
 */
import { parsePointer } from '../../expressions/pointer.ts';
import type { Place } from '../../model/diagnostic.ts';
import type { Plan, PlanBody, PlanCall, PlanOperation, PlanParameter } from '../../model/plan.ts';
import type { Value } from '../../model/value.ts';
import { facetsOf } from '../fit/facets.ts';
import type { Sent } from '../fit/fit.ts';
import { memberAt } from '../fit/members.ts';
import { ofInputs, type Typed } from '../fit/typed.ts';
import { isJson } from './answers.ts';
import { type View, viewOf } from './sources.ts';

export interface Slot {
  /** Path of the call; of the scope, for an input of a sub-workflow. */
  readonly call: string;
  readonly in: PlanParameter['in'] | 'body' | 'inputs';
  /** A parameter's name, a pointer into the body. */
  readonly name: string;
  readonly value: Value;
  readonly view: View;
  readonly sent: Sent;
  /** What becomes of a value that is not there: the slot is left out, null is sent, or nothing can be sent. */
  readonly without: 'left-out' | 'null' | 'unsent';
  readonly typed?: Typed;
  /** Of the step or call that is written there, and the way to the value below it. */
  readonly origin: Place;
  readonly way: readonly string[];
}

export function slotsOf(plan: Plan): readonly Slot[] {
  const calls: readonly PlanCall[] = [...Object.values(plan.steps), ...Object.values(plan.calls)];
  return [...calls.flatMap((call) => slotsOfCall(plan, call)), ...slotsOfScopes(plan)];
}

function slotsOfCall(plan: Plan, call: PlanCall): readonly Slot[] {
  const operation = plan.operations[call.operation];
  if (!operation) return [];
  const parameters = call.parameters.map((parameter) => slotOfParameter(plan, call, operation, parameter));
  return [...parameters, ...(call.body ? slotsOfBody(plan, call, operation, call.body) : [])];
}

function slotOfParameter(plan: Plan, call: PlanCall, operation: PlanOperation, parameter: PlanParameter): Slot {
  const { name, in: where, value } = parameter;
  const isSame = (other: string): boolean =>
    where === 'header' ? other.toLowerCase() === name.toLowerCase() : other === name;
  const declared = operation.parameters.find((one) => one.in === where && isSame(one.name));
  const definitions = plan.schemas[operation.system] ?? {};
  return {
    ...base(call),
    in: where,
    name,
    value,
    // With a media type of its own it is JSON, written into the text.
    sent: declared?.contentType === undefined ? 'text' : 'json',
    without: where === 'path' || declared?.required === true ? 'unsent' : 'left-out',
    ...(declared?.schema !== undefined && { typed: { schema: declared.schema, definitions } }),
    way: ['parameters', `${where} ${name}`],
  };
}

function slotsOfBody(plan: Plan, call: PlanCall, operation: PlanOperation, body: PlanBody): readonly Slot[] {
  const media = operation.body?.content.find(({ contentType }) => isJson(contentType));
  if (body.contentType !== undefined && !isJson(body.contentType)) return [];
  const definitions = plan.schemas[operation.system] ?? {};
  const typed = media?.schema === undefined ? undefined : { schema: media.schema, definitions };
  // A template for a JSON type is JSON text with gaps in it: what it will be is not known here.
  const written = body.payload && body.payload.kind !== 'template' ? slotsOfPayload(call, body.payload, typed, []) : [];
  const replaced = body.replacements.flatMap(({ target, language, value }, index): readonly Slot[] => {
    const pointer = language === 'jsonpointer' ? parsePointer(target) : undefined;
    if (!pointer) return [];
    const way = ['requestBody', 'replacements', String(index), 'value'];
    return [slotOfBody(call, { value, typed: typed && memberAt(typed, pointer).typed, pointer, way })];
  });
  return [...written, ...replaced];
}

function slotsOfPayload(
  call: PlanCall,
  value: Value,
  typed: Typed | undefined,
  pointer: readonly string[],
): readonly Slot[] {
  const below = (name: string, inner: Value): readonly Slot[] =>
    slotsOfPayload(call, inner, typed && memberAt(typed, [name]).typed, [...pointer, name]);
  switch (value.kind) {
    case 'object':
      return value.fields.flatMap((field) => below(field.name, field.value));
    case 'array':
      return value.items.flatMap((item, index) => below(String(index), item));
    // What is written out is held against the schema by the check (ARZ117).
    case 'literal':
      return [];
    default:
      return [slotOfBody(call, { value, typed, pointer, way: ['requestBody', 'payload', ...pointer] })];
  }
}

interface InBody {
  readonly value: Value;
  readonly typed: Typed | undefined;
  readonly pointer: readonly string[];
  readonly way: readonly string[];
}

function slotOfBody(call: PlanCall, { value, typed, pointer, way }: InBody): Slot {
  const name = pointer.map((token) => `/${token}`).join('');
  const takesNull = !typed || facetsOf(typed).kinds.has('null');
  const without = pointer.length === 0 ? 'unsent' : takesNull ? 'left-out' : 'null';
  return { ...base(call), in: 'body', name, value, sent: 'json', without, ...(typed && { typed }), way };
}

function base(call: PlanCall): Pick<Slot, 'call' | 'view' | 'origin'> {
  return { call: call.path, view: viewOf(call), origin: call.origin };
}

/** What a workflowId step hands to its workflow, against the schema that the workflow gives its inputs. */
function slotsOfScopes(plan: Plan): readonly Slot[] {
  return Object.values(plan.scopes).flatMap(({ path, parent, inputs, inputSchema }) => {
    if (parent === undefined || inputs === undefined || inputSchema === undefined) return [];
    const typed = ofInputs(inputSchema);
    const origin = originOf(plan, path);
    if (!origin) return [];
    return Object.entries(inputs).map(([name, value]): Slot => {
      const member = memberAt(typed, [name]);
      return {
        call: path,
        in: 'inputs',
        name,
        value,
        view: { scope: parent },
        sent: 'json',
        without: member.presence === 'sure' ? 'unsent' : 'left-out',
        ...(member.typed && { typed: member.typed }),
        origin,
        way: ['parameters', ` ${name}`],
      };
    });
  });
}

/** A scope has no place of its own: the workflow that holds its first step has one. */
function originOf(plan: Plan, scope: string): Place | undefined {
  const inside = [...Object.values(plan.steps), ...Object.values(plan.calls)].find((call) => call.scope === scope);
  if (!inside) return undefined;
  const [workflow] = /^\/workflows\/\d+/.exec(inside.origin.pointer) ?? [];
  return workflow === undefined ? inside.origin : { document: inside.origin.document, pointer: workflow };
}

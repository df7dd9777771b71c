/**
 * The shape of an Arazzo document: the keys, types and words that the specification allows, by our schema of its version,
 * and of every x-interlock in it. A rule that the schema states only under a condition (one target a step, `in` where it
 * is needed) is left to the rule that knows why (lib/check/rules); the schema has it for editors.
 */
import { below, keyAt } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { ShapeFault } from '../diagnostics/shape-fault.ts';
import { referenceFromRef } from '../model/component-reference.ts';
import { unreachable } from '../model/assert.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import { ourSchemas } from './our-schemas.ts';
import { checkPolicies } from './policy-check.ts';
import { shapeFaults } from './shape.ts';

export function checkStructure(document: PositionedDocument): Diagnostic[] {
  const place: Place = { document: document.uri, pointer: '' };
  const { root } = document;
  const version = isObject(root) ? root.arazzo : undefined;
  const known = typeof version === 'string' ? /^(1\.[01])\.\d+(-.+)?$/.exec(version) : undefined;
  if (version !== undefined && !known) return [report('ARZ001', below(place, 'arazzo'), { version })];
  const refs = refsToComponents(root, place);
  const faults = structuralFaults(root, place, known?.[1] ?? '1.1').filter(
    ({ place: { pointer } }) => !isOf(refs, pointer),
  );
  return [
    ...schemaKey(root, place),
    ...refs.map(({ at, text, instead }) => report('ARZ043', at, { text, instead })),
    ...faults.flatMap((fault) => diagnosticOf(fault, known?.[0] ?? '')),
    ...checkPolicies(document),
  ];
}

/** Everything that the schema of a version refuses, conditional rules included. */
export function structuralFaults(root: Json, place: Place, version: string): ShapeFault[] {
  return shapeFaults({ schemas: ourSchemas, schema: `arazzo-${version}.schema.json`, value: root, place });
}

function schemaKey(root: Json, place: Place): Diagnostic[] {
  const isThere = isObject(root) && Object.hasOwn(root, '$schema');
  return isThere ? [report('ARZ010', keyAt(below(place, '$schema')))] : [];
}

interface RefToComponent {
  readonly entry: string;
  readonly at: Place;
  readonly text: string;
  readonly instead: string;
}

/** Parameters and actions that name a component by `$ref`, as OpenAPI would, where Arazzo has `reference`. */
function refsToComponents(root: Json, place: Place): readonly RefToComponent[] {
  return entriesIn(root, place).flatMap(({ entry, at }) => {
    const reference = isObject(entry) ? referenceFromRef(entry) : undefined;
    if (!isObject(entry) || reference === undefined) return [];
    const text = `$ref: ${String(entry.$ref)}`;
    return [{ entry: at.pointer, at: below(at, '$ref'), text, instead: `reference: ${reference}` }];
  });
}

interface Entry {
  readonly entry: Json;
  readonly at: Place;
}

/** What stands in the lists of parameters and actions of workflows and their steps. */
function entriesIn(root: Json, place: Place): readonly Entry[] {
  const workflows = itemsOf(root, 'workflows', place);
  const steps = workflows.flatMap(({ entry, at }) => itemsOf(entry, 'steps', at));
  const lists = ['parameters', 'successActions', 'failureActions', 'onSuccess', 'onFailure'];
  return [...workflows, ...steps].flatMap(({ entry, at }) => lists.flatMap((name) => itemsOf(entry, name, at)));
}

function itemsOf(owner: Json, key: string, at: Place): readonly Entry[] {
  const list = isObject(owner) ? own(owner, key) : undefined;
  return Array.isArray(list) ? list.map((entry: Json, index) => ({ entry, at: below(at, key, index) })) : [];
}

function isOf(refs: readonly RefToComponent[], pointer: string): boolean {
  return refs.some(({ entry }) => pointer === entry || pointer.startsWith(`${entry}/`));
}

function diagnosticOf(fault: ShapeFault, version: string): Diagnostic[] {
  const { place } = fault;
  switch (fault.kind) {
    case 'unknown-key':
      return [unknownKey(fault, version)];
    case 'missing-keys':
      return fault.conditional ? [] : [report('ARZ003', place, fault)];
    case 'wrong-type':
      return isConstantOutput(fault.value, place) ? [] : [report('ARZ004', place, fault)];
    case 'not-allowed':
      return isSend(fault.value, place) ? [] : [report('ARZ005', place, fault)];
    case 'malformed':
    case 'malformed-key':
      return [report('ARZ006', place, fault)];
    case 'too-few':
      return [report('ARZ007', place, fault)];
    case 'repeated':
      return isNamed(fault.value) ? [] : [report('ARZ008', place, fault)];
    case 'out-of-range':
      return [report('ARZ009', place, fault)];
    case 'deprecated':
      return [report('ARZ012', place, fault)];
    case 'choice':
    case 'forbidden':
    case 'too-many':
      return [];
    default:
      return unreachable(fault, 'fault of shape');
  }
}

/** Keys that 1.1 added; `parameters` of an action and `dependsOn` of a step among them. */
const since11: ReadonlySet<string> = new Set([
  '$self',
  'action',
  'channelPath',
  'correlationId',
  'dependsOn',
  'parameters',
  'targetSelectorType',
  'timeout',
]);

function unknownKey(fault: Extract<ShapeFault, { kind: 'unknown-key' }>, version: string): Diagnostic {
  const { key, subject, place } = fault;
  if (key === 'description' || key === 'summary') return report('ARZ013', place, { subject, key });
  return version.startsWith('1.0.') && since11.has(key)
    ? report('ARZ011', place, { subject, key, version })
    : report('ARZ002', place, fault);
}

/** A number or a truth value as an output is a constant as a text is, and there is a rule that says so. */
function isConstantOutput(value: Json, { pointer }: Place): boolean {
  return typeof value !== 'object' && /^\/workflows\/\d+(?:\/steps\/\d+)?\/outputs\/[^/]+$/.test(pointer);
}

/** `send` is a word for an action; that it cannot stand beside a `correlationId` has a rule that says why. */
function isSend(value: Json, { pointer }: Place): boolean {
  return value === 'send' && pointer.endsWith('/action');
}

/** Parameters and actions that stand twice have a rule that knows their names. */
function isNamed(item: Json): boolean {
  return isObject(item) && Object.hasOwn(item, 'name');
}

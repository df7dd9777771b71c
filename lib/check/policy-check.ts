/**
 * Every x-interlock of a document, held against its schema, and refused where nobody would read it. What passes here, policy.ts reads. contracts: x-interlock, durations.
 */
import { below, keyAt } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { ShapeFault } from '../diagnostics/shape-fault.ts';
import { Bug } from '../model/assert.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import { ourSchemas } from './our-schemas.ts';
import { policyHomes } from './policy-homes.ts';
import { shapeFaults } from './shape.ts';
import { subjectOf } from './subject.ts';

const KEY = 'x-interlock';

export function checkPolicies(document: PositionedDocument): Diagnostic[] {
  const { root, uri } = document;
  const place: Place = { document: uri, pointer: '' };
  const owners = policyOwners(root, place);
  const read = new Set(owners.map((owner) => owner.place.pointer));
  return [
    ...owners.flatMap((owner) => checkPolicy(owner, root)),
    ...policiesWithin(root, place)
      .filter(({ pointer }) => !read.has(pointer))
      .map((at) => report('XIL006', keyAt(at), { subject: subjectOf(root, at.pointer) })),
  ];
}

/** Data of the user, and other people's extensions: what looks like a policy in there is none. */
const data = /^(payload|value|inputs|x-.*)$/;

function policiesWithin(value: Json, place: Place): Place[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => policiesWithin(item, below(place, index)));
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const at = below(place, key);
    if (key === KEY) return [at];
    return data.test(key) ? [] : policiesWithin(value[key] ?? null, at);
  });
}

type PolicyOwner = 'sourceDescription' | 'workflow' | 'step';

interface OwnedPolicy {
  readonly owner: PolicyOwner;
  readonly policy: Json;
  readonly place: Place;
}

function policyOwners(root: Json, place: Place): OwnedPolicy[] {
  const workflows = itemsOf(root, place, 'workflows');
  const owners: readonly (readonly [PolicyOwner, readonly Item[]])[] = [
    ['sourceDescription', itemsOf(root, place, 'sourceDescriptions')],
    ['workflow', workflows],
    ['step', workflows.flatMap((workflow) => itemsOf(workflow.value, workflow.place, 'steps'))],
  ];
  return owners.flatMap(([owner, items]) =>
    items.flatMap((item) => {
      const policy = isObject(item.value) ? own(item.value, KEY) : undefined;
      return policy === undefined ? [] : [{ owner, policy, place: below(item.place, KEY) }];
    }),
  );
}

interface Item {
  readonly value: Json;
  readonly place: Place;
}

function itemsOf(value: Json, place: Place, key: string): Item[] {
  const list = isObject(value) ? own(value, key) : undefined;
  if (!Array.isArray(list)) return [];
  return list.map((item: Json, index) => ({ value: item, place: below(place, key, index) }));
}

function checkPolicy({ owner, policy, place }: OwnedPolicy, root: Json): Diagnostic[] {
  const schema = `x-interlock.schema.json#/$defs/${owner}`;
  const faults = shapeFaults({ schemas: ourSchemas, schema, value: policy, place, root });
  return faults.map(diagnosticOf);
}

function diagnosticOf(fault: ShapeFault): Diagnostic {
  const { place, subject, named } = fault;
  switch (fault.kind) {
    case 'unknown-key':
      return report('XIL001', place, { ...fault, homes: policyHomes(fault.key) });
    case 'missing-keys':
      return report('XIL002', place, fault);
    case 'choice':
      return report(fault.found.length === 0 ? 'XIL002' : 'XIL003', place, fault);
    case 'wrong-type':
    case 'malformed':
      if (named === 'Duration') return report('XIL004', place, { subject, value: fault.value });
      return report('XIL003', place, fault);
    case 'deprecated':
      throw new Bug('x-interlock.schema.json has no deprecated key');
    default:
      return report('XIL003', place, fault);
  }
}

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { credentials, textOf } from './demo.ts';
import { documentOf, type Node, operationsOf, systemNames } from './openapi.ts';

const description: Node = parse(textOf('workflow.arazzo.yaml'));
const workflow: Node = description.workflows[0];
const steps: readonly Node[] = workflow.steps;

function accepts(schema: Node, value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  return ajv.validate({ ...schema, components: description.components }, value);
}

/** The steps that a step waits for: those that it names, and those whose outputs it reads. */
function awaitedBy(step: Node): readonly string[] {
  const read = [...JSON.stringify(step).matchAll(/\$steps\.([A-Za-z0-9_-]+)\.outputs/g)].map(([, id = '']) => id);
  const named: readonly string[] = step.dependsOn ?? [];
  return [...new Set([...named, ...read])].toSorted();
}

describe('the workflow', () => {
  it('runs its three checks between the reservation and the capture, and only them side by side', () => {
    expect(workflow['x-interlock']).toEqual({ parallel: true });
    expect(Object.fromEntries(steps.map((step) => [step.stepId, awaitedBy(step)]))).toEqual({
      'reserve-stock': [],
      'authorise-payment': ['reserve-stock'],
      'check-fraud': ['reserve-stock'],
      'quote-shipping': ['reserve-stock'],
      'capture-payment': ['authorise-payment', 'check-fraud', 'quote-shipping'],
      'create-shipment': ['capture-payment', 'quote-shipping', 'reserve-stock'],
      'notify-customer': ['create-shipment'],
    });
  });

  it('names dependencies only where outputs do not order the steps already', () => {
    const named = steps.filter(({ dependsOn }) => dependsOn !== undefined);
    const redundant = named.filter(({ dependsOn, ...step }) => awaitedBy(step).some((id) => dependsOn.includes(id)));
    expect(redundant).toEqual([]);
  });

  it('calls operations that its four documents have', () => {
    const known = systemNames.flatMap((name) =>
      operationsOf(name).map(({ id }) => `$sourceDescriptions.${name}.${id}`),
    );
    expect(known).toEqual(expect.arrayContaining(steps.map(({ operationId }) => operationId)));
  });

  it.each(['input.example.json', 'input.undeliverable.json'])('takes %s', (file) => {
    expect(accepts(workflow.inputs, JSON.parse(textOf(file)))).toBe(true);
  });

  it.each([
    ['no items', { items: [] }],
    ['an address without a country', { address: { street: 'Am Ende 1', postalCode: '10405', city: 'Berlin' } }],
    ['a card number in place of a token', { cardToken: '4242424242424242' }],
    ['a member that it does not know', { coupon: 'FREE' }],
  ])('refuses %s', (_what, change) => {
    expect(accepts(workflow.inputs, { ...JSON.parse(textOf('input.example.json')), ...change })).toBe(false);
  });
});

describe.each(['local', 'aws'])('the environment %s', (name) => {
  const { systems }: Node = parse(textOf(`environments/${name}.yaml`));

  it('has a server and the credentials of every security scheme for each system', () => {
    const expected = systemNames.map((system) => [system, Object.keys(documentOf(system).components.securitySchemes)]);
    const given = Object.entries<Node>(systems).map(([system, { auth }]) => [system, Object.keys(auth)]);
    expect(given).toEqual(expected);
    expect(Object.values<Node>(systems).every(({ server }) => URL.canParse(server))).toBe(true);
  });

  it('holds no credential itself', () => {
    const text = textOf(`environments/${name}.yaml`);
    expect(Object.values(credentials).filter((value) => text.includes(value))).toEqual([]);
  });
});

it('the local environment asks for exactly the variables that demo.env sets', () => {
  const asked = [...textOf('environments/local.yaml').matchAll(/env: (\w+)/g)].map(([, name = '']) => name);
  expect(asked.toSorted()).toEqual(Object.keys(credentials).toSorted());
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { credentials, textOf } from './demo.ts';
import { documentOf, operationsOf, systemNames } from './openapi.ts';

interface Step {
  readonly stepId: string;
  readonly operationId: string;
  readonly dependsOn?: readonly string[];
  readonly 'x-interlock'?: object;
}

interface Description {
  readonly workflows: readonly [{ readonly inputs: object; readonly steps: readonly Step[] }];
  readonly components: object;
}

interface Environment {
  readonly systems: Readonly<Record<string, { readonly server: string; readonly auth: object }>>;
}

const description: Description = parse(textOf('workflow.arazzo.yaml'));
const [workflow] = description.workflows;
const { steps } = workflow;

function accepts(schema: object, value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  return ajv.validate({ ...schema, components: description.components }, value);
}

/** The steps that a step waits for: those that it names, and those whose outputs it reads. */
/** What undoes or probes a step is read when it is over, so it orders nothing. */
function awaitedBy({ 'x-interlock': _policy, ...step }: Step): readonly string[] {
  const read = [...JSON.stringify(step).matchAll(/\$steps\.([A-Za-z0-9_-]+)\.outputs/g)].map(([, id = '']) => id);
  return [...new Set([...(step.dependsOn ?? []), ...read])].toSorted();
}

describe('the workflow', () => {
  it('runs its three checks between the reservation and the capture, and only them side by side', () => {
    expect(workflow).toMatchObject({ 'x-interlock': { parallel: true } });
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
    const redundant = steps.filter(({ dependsOn = [], ...step }) =>
      awaitedBy(step).some((id) => dependsOn.includes(id)),
    );
    expect(redundant).toEqual([]);
  });

  it('calls operations that its four documents have', () => {
    const known = systemNames.flatMap((name) =>
      operationsOf(name).map(({ operationId }) => `$sourceDescriptions.${name}.${operationId}`),
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
  const { systems }: Environment = parse(textOf(`environments/${name}.yaml`));

  it('has a server and the credentials of every security scheme for each system', () => {
    const expected = systemNames.map((system) => [system, Object.keys(documentOf(system).components.securitySchemes)]);
    const given = Object.entries(systems).map(([system, { auth }]) => [system, Object.keys(auth)]);
    expect(given).toEqual(expected);
    expect(Object.values(systems).every(({ server }) => URL.canParse(server))).toBe(true);
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

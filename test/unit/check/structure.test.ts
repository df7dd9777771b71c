import { describe, expect, it } from 'vitest';
import { checkStructure } from '../../../lib/check/structure.ts';
import { positionedFromText } from '../../../lib/read/positioned.ts';

function check(text: string): string[] {
  const { document } = positionedFromText('a.yaml', text);
  if (!document) throw new Error('The test’s document cannot be read');
  return checkStructure(document).map(({ code, headline, fix }) => `${code} ${headline}. ${fix}`);
}

/** A document with one step, which is written on one line. */
function withStep(step: string, version = '1.1.0'): string {
  return `
arazzo: ${version}
info: { title: T, version: '1' }
sourceDescriptions: [{ name: shop, url: shop.yaml }]
workflows: [{ workflowId: order, steps: [${step}] }]
`;
}

describe('the structure of an Arazzo document', () => {
  it('is said to be sound when it is', () => {
    expect(check(withStep('{ stepId: a, operationId: b, timeout: 5, x-any: 1 }'))).toEqual([]);
  });

  it('names an unknown key, its owner, and the key that was probably meant', () => {
    expect(check(withStep('{ stepId: a, operatonId: b }'))).toEqual([
      'ARZ002 Step "a" has an unknown key "operatonId". Write `operationId`, or remove it.',
    ]);
  });

  it('knows what a key was called in a draft of the standard, and says that once', () => {
    const selector = 'outputs: { id: { expression: $response.body, selector: $.id, type: jsonpath } }';
    expect(check(withStep(`{ stepId: a, operationId: b, ${selector} }`))).toEqual([
      'ARZ002 `outputs.id` of step "a" has an unknown key "expression". Write `context`, or remove it.',
    ]);
  });

  it('shows an identity without a fragment where `$self` has one', () => {
    const document = withStep('{ stepId: a, operationId: b }').replace('info:', '$self: https://a.example/b#c\ninfo:');
    expect(check(document)).toEqual([
      'ARZ006 `$self` is "https://a.example/b#c", which has the wrong form. Write it like `https://example.com/workflows/orders.arazzo.yaml`.',
    ]);
  });

  it('says a misspelt required key once', () => {
    expect(check(withStep('{ stepid: a, operationId: b }'))).toEqual([
      'ARZ002 Step 1 of workflow "order" has an unknown key "stepid". Write `stepId`, or remove it.',
    ]);
  });

  it('says all missing keys of an object at once', () => {
    expect(check('arazzo: 1.0.0\n')).toEqual([
      'ARZ003 The document has no `info`, `sourceDescriptions` or `workflows`. Add `info`, `sourceDescriptions` and `workflows`.',
    ]);
  });

  it('says about a `$ref` only that it does not belong there', () => {
    expect(check(withStep('{ stepId: a, operationId: b, parameters: [{ $ref: x.yaml }] }'))).toEqual([
      'ARZ002 Parameter 1 of step "a" has an unknown key "$ref". Remove it.',
    ]);
  });

  it('leaves a constant output to the rule that knows of those, and a `$ref` to a component is told as what it means', () => {
    expect(check(withStep('{ stepId: a, operationId: b, outputs: { tries: 2, isNew: true } }'))).toEqual([]);
    expect(check(withStep('{ stepId: a, operationId: b, outputs: { tries: [2] } }'))).toEqual([
      expect.stringMatching(/^ARZ004 `outputs.tries` of step "a" is a list/),
    ]);
    expect(
      check(withStep('{ stepId: a, operationId: b, onFailure: [{ $ref: $components.failureActions.again }] }')),
    ).toEqual([
      'ARZ043 "$ref: $components.failureActions.again" is not how the standard writes this reference. Write `reference: $components.failureActions.again`.',
    ]);
  });

  it('takes what only describes with a warning where the standard has no place for it', () => {
    const action = '{ name: again, type: retry, description: Once more. }';
    expect(check(withStep(`{ stepId: a, operationId: b, summary: Ask, onFailure: [${action}] }`))).toEqual([
      'ARZ013 Step "a" has a `summary`, which the standard does not have there. Make it a comment, or an extension: `x-summary`.',
      'ARZ013 Failure action "again" has a `description`, which the standard does not have there. Make it a comment, or an extension: `x-description`.',
    ]);
  });

  it('names values of the wrong type, from a list of others, of the wrong form, out of range', () => {
    const step = `{
      stepId: a, operationId: b, timeout: 5s, dependsOn: [c, c], action: sned,
      successCriteria: [], outputs: { 'order id': $response.body },
      onFailure: [{ name: n, type: retry, retryAfter: -1 }] }`;
    expect(check(withStep(step))).toEqual([
      'ARZ004 `timeout` of step "a" is a text, "5s", where a whole number is expected. Write a whole number.',
      'ARZ008 `dependsOn[1]` of step "a" stands in its list twice: "c". Remove one of the two.',
      'ARZ005 `action` of step "a" is "sned". Write `send`.',
      'ARZ007 `successCriteria` of step "a" is empty. Put something in, or remove the key where it is optional.',
      'ARZ006 `outputs.order id` of step "a" has a name of the wrong form: "order id". Write `order-id`, here and in what refers to it.',
      'ARZ009 `retryAfter` of failure action "n" is -1. Write a number that is 0 or more.',
    ]);
  });

  it('looks into the schemas of inputs', () => {
    const inputs = 'inputs: { type: object, properties: { id: { type: text, required: true } } }';
    expect(
      check(withStep('{ stepId: a, operationId: b }').replace('workflowId: order', `workflowId: order, ${inputs}`)),
    ).toEqual([
      'ARZ005 `inputs.properties.id.type` of workflow "order" is "text". Write `string`, `number`, `integer`, `boolean`, `object`, `array` or `null`.',
      'ARZ004 `inputs.properties.id.required` of workflow "order" is a truth value, true, where a list is expected. Write a list.',
    ]);
  });

  it.each([
    ['2.0.0', '"2.0.0"'],
    ['1.2.0', '"1.2.0"'],
    ['1.1', '1.1'],
    ['{}', '{}'],
  ])('stops at version %s, which it does not know', (version, shown) => {
    expect(check(withStep('{ stepId: a, operatonId: b }', version))).toEqual([
      `ARZ001 Arazzo version ${shown} is not supported. Write \`arazzo: 1.1.0\`.`,
    ]);
  });

  it('reads 1.0 by the keys of 1.0, and says which version has the others', () => {
    expect(check(withStep('{ stepId: a, operationId: b, timeout: 5 }', '1.0.1'))).toEqual([
      'ARZ011 The key "timeout" exists since Arazzo 1.1, but this document says 1.0.1. Write `arazzo: 1.1.0`, or remove the key.',
    ]);
  });

  it('accepts `$schema` at the root with a remark, and the misplaced version of a condition with a warning', () => {
    const step =
      '{ stepId: a, operationId: b, successCriteria: [{ context: $response.body, condition: $.a, type: jsonpath, version: draft-goessner-dispatch-jsonpath-00 }] }';
    expect(check(`$schema: https://example.com/arazzo.json${withStep(step, '1.0.0')}`)).toEqual([
      'ARZ010 `$schema` is not part of Arazzo and is ignored. Where other tools refuse it, write it as a comment: `# yaml-language-server: $schema=...`.',
      'ARZ012 `version` of criterion 1 of step "a" stands beside `type` and is ignored. Write it as `type: {type: ..., version: "draft-goessner-dispatch-jsonpath-00"}`.',
    ]);
  });

  it('survives a document that is no document', () => {
    for (const text of ['[]', 'null', '1', 'a']) expect(check(text)).toHaveLength(1);
  });
});

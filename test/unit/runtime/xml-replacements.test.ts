import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { PlanBody } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { loadXPath } from '../../../lib/expressions/xpath.ts';
import { type Built, buildRequest, withCredentials } from '../../../lib/runtime/request/build.ts';
import { xmlWriter } from '../../../lib/runtime/request/xml-text.ts';
import { operationOf, planOf, stepOf } from '../../support/plan-fixture.ts';

const xpath = await loadXPath();

interface Asked {
  readonly payload?: Json;
  readonly inputs?: JsonObject;
  readonly contentType?: string;
  readonly schema?: Json;
}

type Replacements = readonly (readonly [string, Json, Partial<PlanBody['replacements'][number]>?])[];

function built({ payload, inputs = {}, contentType = 'application/xml', schema }: Asked, made: Replacements): Built {
  const replacements = made.map(([target, value, rest]) => ({
    target,
    language: 'xpath' as const,
    value: parseValue(value),
    ...rest,
  }));
  const body = { contentType, replacements, ...(payload !== undefined && { payload: parseValue(payload) }) };
  const content = [{ contentType, ...(schema !== undefined && { schema }) }];
  const plan = planOf({
    steps: [stepOf({ path: 'pay', body })],
    operations: [operationOf('pay', { body: { required: false, content } })],
  });
  const step = plan.steps['pay'];
  if (!step) throw new Error('the fixture has the step');
  return buildRequest({
    plan,
    step,
    environment: {},
    scope: { inputs, xpath },
    idempotencyKey: 'key-1',
    xml: xmlWriter,
  });
}

function sentBy(asked: Asked, ...made: Replacements): string {
  const result = built(asked, made);
  if (!result.ok) throw new Error(result.why);
  const { body } = withCredentials(result.request, { headers: [], query: [], cookies: [] }, 'trace');
  return new TextDecoder().decode(body);
}

function refusal(asked: Asked, ...made: Replacements): string {
  const result = built(asked, made);
  if (result.ok) throw new Error('the request was built');
  return result.why;
}

const ORDER = '<order id="7"><item sku="a">x</item><item sku="b">y</item><note>n</note></order>';

describe('a replacement by XPath', () => {
  it('sets attributes, elements and texts, at every node that it selects', () => {
    const asked = { payload: ORDER, inputs: { id: 9, note: 'hello' } };
    expect(sentBy(asked, ['/order/@id', '$inputs.id'], ['//item', true], ['/order/note/text()', '$inputs.note'])).toBe(
      '<order id="9"><item sku="a">true</item><item sku="b">true</item><note>hello</note></order>',
    );
  });

  it('is made in the order in which they stand, each on what the one before has left', () => {
    expect(sentBy({ payload: ORDER }, ['//item', 'z'], ["//item[. = 'z'][1]/@sku", 'first'])).toContain(
      '<item sku="first">z</item><item sku="b">z</item>',
    );
  });

  it('puts in text that stays text', () => {
    const value = `</note><evil a="1"/>&amp;'\r\n]]>`;
    const sent = sentBy(
      { payload: ORDER, inputs: { value } },
      ['//note', '$inputs.value'],
      ['/order/@id', '$inputs.value'],
    );
    expect(sent).not.toContain('<evil');
    expect(sent).toContain(`<note>&lt;/note&gt;&lt;evil a="1"/&gt;&amp;amp;'&#13;\n]]&gt;</note>`);
    expect(xpath.select('//note/text()', sent, 'xpath-31')).toMatchObject({ value: [value] });
    expect(xpath.select('/order/@id', sent, 'xpath-31')).toMatchObject({ value: [value] });
  });

  it('makes a text of a CDATA section, which could not hold every text', () => {
    expect(sentBy({ payload: '<a><![CDATA[x]]></a>' }, ['/a/text()', ']]><b/>'])).toBe('<a>]]&gt;&lt;b/&gt;</a>');
  });

  it('keeps the declaration, and leaves an element empty for what has no value, with a note', () => {
    const asked = { payload: '<?xml version="1.0" encoding="UTF-8"?>\n<a>x</a>' };
    const result = built(asked, [['/a', '$inputs.none']]);
    expect(result).toMatchObject({
      ok: true,
      notes: ['nothing is put in at `/a`: $inputs.none is missing: the inputs hold no `none`'],
    });
    expect(sentBy(asked, ['/a', '$inputs.none'])).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a/>');
  });

  it('finds plain names in a default namespace, with a note, and prefixes of the payload', () => {
    const asked = { payload: '<a xmlns="urn:a" xmlns:m="urn:m"><m:b>1</m:b></a>' };
    expect(sentBy(asked, ['/a/m:b', 2])).toBe('<a xmlns="urn:a" xmlns:m="urn:m"><m:b>2</m:b></a>');
    expect(built(asked, [['/a/m:b', 2]])).toMatchObject({
      notes: ['at `/a/m:b` of the payload: the XPath matched only in the default namespace of the document'],
    });
  });

  it('is made in the XML that the schema makes of a structure', () => {
    const schema = { xml: { name: 'order' }, properties: { id: { xml: { attribute: true } } } };
    expect(sentBy({ payload: { id: 1, note: 'a' }, schema }, ['/order/@id', 2], ['/order/note', 'b'])).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><order id="2"><note>b</note></order>',
    );
  });

  it('goes by the version that is asked for', () => {
    expect(refusal({ payload: ORDER }, ['//item ! .', 'z', { version: 'xpath-10' }])).toMatch(
      /^the replacement target/,
    );
    expect(sentBy({ payload: ORDER }, ['//item ! .', 'z'])).toContain('>z</item>');
  });

  it.each<[string, Asked, readonly [string, Json], string]>([
    ['no node', { payload: ORDER }, ['/order/none', 1], '`/order/none` selects nothing in the payload'],
    ['no place', { payload: ORDER }, ['count(//item)', 1], 'selects something that is no attribute, element or text'],
    ['the document', { payload: ORDER }, ['/', 1], 'selects something that is no attribute, element or text'],
    [
      'a structure as its value',
      { payload: ORDER },
      ['//note', { a: 1 }],
      'is given an object, and XML takes text there',
    ],
    ['a list as its value', { payload: ORDER }, ['//note', [1]], 'is given a list, and XML takes text there'],
    [
      'a character that XML lacks',
      { payload: ORDER },
      ['//note', '\u0001'],
      'is given a character that XML does not allow',
    ],
    ['a payload that is no XML', { payload: '<a' }, ['/a', 1], 'fails: the context is not well-formed XML'],
    [
      'a payload of another type',
      { payload: { a: 1 }, contentType: 'application/json' },
      ['/a', 1],
      'is XPath, and the payload is no XML text',
    ],
    ['a structure without a root', { payload: { a: 1 } }, ['/a', 1], 'the payload cannot be written as XML'],
  ])('is not sent, and says why, with %s', (_case, asked, replacement, why) => {
    expect(refusal(asked, replacement)).toContain(why);
  });
});

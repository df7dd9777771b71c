import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { evaluateText } from '../../../lib/expressions/evaluate.ts';
import type { Scope } from '../../../lib/expressions/scope.ts';

const scope: Scope = {
  url: 'https://api.test/pets/7?x=1',
  method: 'GET',
  statusCode: 200,
  self: 'https://docs.test/pets.arazzo.yaml',
  request: { header: { Accept: 'text/plain' }, query: { x: 1, nothing: null }, path: { id: 7 }, body: { a: 1 } },
  response: {
    header: { 'X-Rate-Limit': '5' },
    body: { items: [{ id: 'a' }, { id: 'b' }], 'a/b': 1, 'm~n': 2, '': 3, name: null, text: 'héllo', length: 'own' },
  },
  message: { header: { key: 'k' }, payload: { orderId: 9 } },
  inputs: { user: 'ann', 'a.b': 'exact', a: { b: 'nested', c: { d: 1 } }, deep: { 'x.y': { z: 1 } }, list: [10, 20] },
  outputs: { total: 3 },
  steps: new Map([['login', { token: 't', none: null }]]),
  workflows: new Map([['w', { inputs: { i: 1 }, outputs: { o: { p: 2 } }, steps: new Map([['s', { q: 4 }]]) }]]),
  sourceDescriptions: new Map([['pets', { url: './pets.yaml', type: 'openapi' }]]),
  components: { parameters: { page: { name: 'page', value: 1 } } },
};

describe('what an expression refers to is found with its type', () => {
  test.each<readonly [string, Json]>([
    ['$url', 'https://api.test/pets/7?x=1'],
    ['$method', 'GET'],
    ['$statusCode', 200],
    ['$self', 'https://docs.test/pets.arazzo.yaml'],
    ['$request.header.ACCEPT', 'text/plain'],
    ['$response.header.x-rate-limit', '5'],
    ['$request.query.x', 1],
    ['$request.query.nothing', null],
    ['$request.path.id', 7],
    ['$request.body#/a', 1],
    ['$response.body#/items/1/id', 'b'],
    ['$response.body.items[1].id', 'b'],
    ['$response.body.items.length', 2],
    ['$response.body.text.length', 5],
    ['$response.body.length', 'own'],
    ['$response.body#/a~1b', 1],
    ['$response.body#/m~0n', 2],
    ['$response.body#/', 3],
    ['$response.body#/name', null],
    ['$message.payload.orderId', 9],
    ['$message.header.Key', 'k'],
    ['$inputs.user', 'ann'],
    ['$inputs.a.b', 'exact'],
    ['$inputs.a.c.d', 1],
    ['$inputs.a#/b', 'nested'],
    ['$inputs.deep.x.y', { z: 1 }],
    ['$inputs.list[1]', 20],
    ['$inputs.list.0', 10],
    ['$inputs#/a/c', { d: 1 }],
    ['$outputs.total', 3],
    ['$steps.login.outputs.token', 't'],
    ['$steps.login.outputs.none', null],
    ['$steps.login.outputs', { token: 't', none: null }],
    ['$workflows.w.inputs.i', 1],
    ['$workflows.w.outputs.o#/p', 2],
    ['$workflows.w.steps.s.outputs.q', 4],
    ['$sourceDescriptions.pets.url', './pets.yaml'],
    ['$components.parameters.page', { name: 'page', value: 1 }],
  ])('%s', (text, value) => {
    expect(evaluateText(text, scope)).toEqual({ found: true, value });
  });
});

describe('what is not there is missing, which is not null, and the reason names it', () => {
  test.each([
    ['$response.header.etag', 'the response has no header `etag`'],
    ['$request.query.y', 'the request has no query `y`'],
    ['$response.body#/items/2/id', 'the body of the response has nothing at /items/2/id'],
    ['$response.body#/items/-', 'the body of the response has nothing at /items/-'],
    ['$response.body#/items/01', 'the body of the response has nothing at /items/01'],
    ['$response.body#/items/length', 'the body of the response has nothing at /items/length'],
    ['$response.body#/name/x', 'the body of the response has nothing at /name/x'],
    ['$response.payload', 'the response has no payload'],
    ['$inputs.nobody', 'the inputs hold no `nobody`'],
    ['$inputs.a.x', 'the inputs hold no `a.x`'],
    ['$inputs.user#/x', '`user` has nothing at /x'],
    ['$steps.logout.outputs.token', 'the step `logout` has given no outputs'],
    ['$steps.login.outputs.x', 'the outputs of the step `login` hold no `x`'],
    ['$workflows.v.outputs.o', 'the workflow `v` has not run'],
    ['$workflows.w.steps.s', 'a step by itself is no value'],
    ['$sourceDescriptions.pets.getPet', 'the source description `pets` has no `getPet`'],
    ['$sourceDescriptions.cats.url', 'there is no source description `cats` here'],
    ['$components.parameters.size', 'there is no component `parameters.size` here'],
    ['$inputs.', '$inputs names nothing after its dot'],
  ])('%s', (text, why) => {
    expect(evaluateText(text, scope)).toEqual({ found: false, why: `${text} is missing: ${why}` });
  });

  test.each([
    '$url',
    '$statusCode',
    '$request.body',
    '$response.header.a',
    '$inputs.a',
    '$outputs.a',
    '$components.parameters.a',
  ])('%s in an empty scope', (text) => {
    expect(evaluateText(text, {})).toMatchObject({ found: false });
  });
});

describe('names from a hostile document reach nothing but own members', () => {
  test.each([
    '$inputs.__proto__',
    '$inputs.constructor',
    '$inputs.a.constructor.name',
    '$response.body#/__proto__',
    '$response.body#/constructor/prototype',
    '$response.body.items.__proto__',
    '$response.body.items[0].toString',
    '$response.body#/items/constructor',
    '$request.query.toString',
    '$steps.__proto__.outputs.x',
    '$steps.login.outputs.hasOwnProperty',
    '$response.header.__proto__',
    '$components.parameters.toString',
    '$sourceDescriptions.pets.valueOf',
  ])('%s is missing', (text) => {
    expect(evaluateText(text, scope)).toMatchObject({ found: false });
  });

  it('finds a member called __proto__ that the data itself has', () => {
    const inputs = JSON.parse('{"__proto__": {"x": 1}}');
    expect(evaluateText('$inputs.__proto__#/x', { inputs })).toEqual({ found: true, value: 1 });
  });
});

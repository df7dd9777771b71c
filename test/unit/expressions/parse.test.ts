import { describe, expect, it, test } from 'vitest';
import type { Expression } from '../../../lib/expressions/expression.ts';
import { isExpression, parseExpression } from '../../../lib/expressions/parse.ts';

const plain = { trail: [], pointer: [] };

describe('every form of the grammar is read', () => {
  const forms: readonly (readonly [string, Expression])[] = [
    ['$url', { source: 'url' }],
    ['$method', { source: 'method' }],
    ['$statusCode', { source: 'statusCode' }],
    ['$self', { source: 'self' }],
    ['$request.header.accept', { source: 'request', part: 'header', name: 'accept' }],
    ["$response.header.x-y!#$%&'*+.^_`|~z", { source: 'response', part: 'header', name: "x-y!#$%&'*+.^_`|~z" }],
    ['$request.query.filter[name] of $it', { source: 'request', part: 'query', name: 'filter[name] of $it' }],
    ['$request.query.a\\u0062\\n', { source: 'request', part: 'query', name: 'ab\n' }],
    ['$request.path.id', { source: 'request', part: 'path', name: 'id' }],
    ['$request.body', { source: 'request', part: 'body', ...plain }],
    ['$response.body#', { source: 'response', part: 'body', ...plain }],
    ['$response.body#/a/0/b', { source: 'response', part: 'body', trail: [], pointer: ['a', '0', 'b'] }],
    [
      '$response.body#/a~1b/m~0n//x y',
      { source: 'response', part: 'body', trail: [], pointer: ['a/b', 'm~n', '', 'x y'] },
    ],
    ['$message.payload#/id', { source: 'message', part: 'payload', trail: [], pointer: ['id'] }],
    ['$message.header.correlation-id', { source: 'message', part: 'header', name: 'correlation-id' }],
    ['$inputs.pet_id', { source: 'inputs', name: 'pet_id', ...plain }],
    ['$inputs.customer#/name', { source: 'inputs', name: 'customer', trail: [], pointer: ['name'] }],
    ['$outputs.bar', { source: 'outputs', name: 'bar', ...plain }],
    ['$steps.get-pet.outputs.id#/0', { source: 'steps', stepId: 'get-pet', name: 'id', trail: [], pointer: ['0'] }],
    ['$workflows.w.inputs.a', { source: 'workflows', workflowId: 'w', field: 'inputs', name: 'a', ...plain }],
    [
      '$workflows.w.outputs.a#/b',
      { source: 'workflows', workflowId: 'w', field: 'outputs', name: 'a', trail: [], pointer: ['b'] },
    ],
    ['$workflows.w.steps.s', { source: 'workflows', workflowId: 'w', field: 'steps', stepId: 's', ...plain }],
    [
      '$workflows.w.steps.s.outputs.o',
      { source: 'workflows', workflowId: 'w', field: 'steps', stepId: 's', name: 'o', ...plain },
    ],
    ['$item', { source: 'item', ...plain }],
    ['$item.lines[0].sku', { source: 'item', trail: ['lines', '0', 'sku'], pointer: [] }],
    ['$interaction.decision', { source: 'interaction', part: 'decision', ...plain }],
    ['$interaction.payload#/limit', { source: 'interaction', part: 'payload', trail: [], pointer: ['limit'] }],
    ['$item#/sku', { source: 'item', trail: [], pointer: ['sku'] }],
    ['$sourceDescriptions.pets.url', { source: 'sourceDescriptions', name: 'pets', reference: 'url' }],
    ['$sourceDescriptions.pets.get a pet', { source: 'sourceDescriptions', name: 'pets', reference: 'get a pet' }],
    ['$sourceDescriptions.pets.wf.steps.s', { source: 'sourceDescriptions', name: 'pets', reference: 'wf.steps.s' }],
    ['$components.parameters.my.page', { source: 'components', component: 'parameters', name: 'my.page' }],
    ['$components.failureActions.retry', { source: 'components', component: 'failureActions', name: 'retry' }],
  ];
  test.each(forms)('%s', (text, expression) => {
    expect(parseExpression(text)).toMatchObject({ ok: true, expression });
  });
  it('accepts all of them without a remark', () => {
    const remarks = forms
      .map(([text]) => parseExpression(text))
      .flatMap((parsed) => (parsed.ok ? parsed.tolerated : []));
    expect(remarks).toEqual([]);
  });
});

describe('what documents write beyond the grammar is understood and remarked upon', () => {
  test.each([
    ['$response.body.items[0].id', 'dotted-body', ['items', '0', 'id'], 14, 12, '#/items/0/id'],
    ['$message.payload.orderId', 'dotted-body', ['orderId'], 16, 8, '#/orderId'],
    ["$response.body['a b']", 'brackets', ['a b'], 14, 7, '#/a b'],
    ['$outputs.data[0].id', 'brackets', ['0', 'id'], 13, 6, '#/0/id'],
  ])('%s', (text, code, trail, at, length, instead) => {
    const parsed = parseExpression(text);
    expect(parsed).toMatchObject({
      ok: true,
      expression: { trail },
      tolerated: [{ severity: 'warning', code, at, length, instead }],
    });
  });

  it('keeps a name with dots whole, because it may be one key', () => {
    expect(parseExpression('$inputs.customer.name')).toMatchObject({
      ok: true,
      expression: { source: 'inputs', name: 'customer.name' },
      tolerated: [{ code: 'dotted-name', at: 8, length: 13, instead: 'customer#/name' }],
    });
  });

  it('puts `.outputs` where it is left out after the id of a step', () => {
    expect(parseExpression('$steps.login.token#/id')).toMatchObject({
      ok: true,
      expression: { source: 'steps', stepId: 'login', name: 'token', pointer: ['id'] },
      tolerated: [{ severity: 'warning', code: 'outputs-omitted', at: 7, length: 11, instead: 'login.outputs.token' }],
    });
  });

  it('proposes no pointer where one follows already', () => {
    const parsed = parseExpression('$inputs.customer.name#/first');
    expect(parsed.ok && parsed.tolerated[0]).not.toHaveProperty('instead');
  });

  it('takes the whole object where no member is named', () => {
    expect(parseExpression('$inputs')).toMatchObject({
      ok: true,
      expression: { name: '' },
      tolerated: [{ code: 'whole-object' }],
    });
    expect(parseExpression('$steps.a.outputs#/x')).toMatchObject({
      ok: true,
      expression: { name: '', pointer: ['x'] },
    });
  });

  it('understands headers in the plural', () => {
    expect(parseExpression('$response.headers.Location')).toMatchObject({
      ok: true,
      expression: { source: 'response', part: 'header', name: 'Location' },
      tolerated: [{ code: 'plural-header', at: 10, length: 7, instead: 'header' }],
    });
  });

  it('takes ids with blanks and dots up to the first field', () => {
    expect(parseExpression('$steps.Plan a Trip_v1.2.outputs.trip')).toMatchObject({
      ok: true,
      expression: { source: 'steps', stepId: 'Plan a Trip_v1.2', name: 'trip' },
      tolerated: [{ code: 'loose-id', at: 7, length: 16 }],
    });
  });

  it('is not confused by a step called outputs', () => {
    expect(parseExpression('$steps.outputs.outputs.outputs')).toMatchObject({
      ok: true,
      expression: { stepId: 'outputs', name: 'outputs' },
    });
  });
});

describe('what is no expression is refused at its place', () => {
  test.each([
    ['', 'unknown-source', 0, 0, undefined],
    ['inputs.a', 'unknown-source', 0, 6, '$inputs'],
    ['$input.a', 'unknown-source', 0, 6, '$inputs'],
    ['$Inputs.a', 'unknown-source', 0, 7, '$inputs'],
    ['$body.status', 'unknown-source', 0, 5, '$response.body'],
    ['$env.TOKEN', 'unknown-source', 0, 4, undefined],
    ['$inputs.', 'incomplete', 8, 0, undefined],
    ['$inputs.a b', 'unexpected-text', 9, 2, undefined],
    ['$statusCode.x', 'unexpected-text', 11, 2, undefined],
    ['$response', 'incomplete', 9, 0, undefined],
    ['$response.header', 'incomplete', 16, 0, undefined],
    ['$response.cookie.a', 'unexpected-text', 10, 6, undefined],
    ['$response.body#id', 'bad-pointer', 14, 3, '#/id'],
    ['$response.body#/a~2', 'bad-pointer', 14, 5, undefined],
    ['$response.body#/{id}', 'bad-pointer', 14, 6, undefined],
    ['$response.body[x]', 'unexpected-text', 15, 2, undefined],
    ['$response.body[0', 'incomplete', 16, 0, undefined],
    ['$response.body..a', 'incomplete', 15, 2, undefined],
    ['$request.query.a"b', 'unexpected-text', 16, 2, undefined],
    ['$request.query.a\\x', 'unexpected-text', 15, 3, undefined],
    ['$steps.login', 'outputs-omitted', 7, 5, undefined],
    ['$workflows.w.result', 'outputs-omitted', 11, 8, undefined],
    ['$sourceDescriptions.pets#/paths/~1pets/get', 'incomplete', 20, 4, 'pets.url'],
    ['$components.inputs.a', 'unexpected-text', 12, 6, undefined],
    ['$components.parameters.', 'incomplete', 23, 0, undefined],
  ])('%s', (text, code, at, length, instead) => {
    const parsed = parseExpression(text);
    expect(parsed).toMatchObject({ ok: false, problem: { severity: 'error', code, at, length } });
    expect(!parsed.ok && parsed.problem.instead).toBe(instead);
  });

  it('says what there is when a source is unknown', () => {
    const parsed = parseExpression('$vars.a');
    expect(!parsed.ok && parsed.problem.message).toBe(
      '`$vars` is no source of values; there are $url, $method, $statusCode, $self, $request, $response, $message, $inputs, $outputs, $steps, $item, $interaction, $workflows, $sourceDescriptions, $components',
    );
  });

  it('refuses a text that is longer than any expression', () => {
    expect(parseExpression(`$inputs.${'a'.repeat(5_000)}`)).toMatchObject({ ok: false, problem: { code: 'too-long' } });
  });
});

describe('a whole string is an expression or text', () => {
  test.each(['$url', '$inputs.x', '$inputs', '$inputs.', '$response.body is', '$steps[0]', '$outputs#/a'])(
    '%s is an expression',
    (text) => {
      expect(isExpression(text)).toBe(true);
    },
  );
  test.each([
    '',
    '$',
    '$100',
    '$ref',
    '$env.X',
    '$urls',
    '$method acting',
    ' $inputs.x',
    'x$inputs.x',
    '$constructor.x',
    '$__proto__.x',
    '$inputs are',
  ])('%s is text', (text) => {
    expect(isExpression(text)).toBe(false);
  });
});

/** What a step sends: parameters, bodies, inputs of called workflows, credentials. */
import { describe, expect, it, test } from 'vitest';
import { found, foundIn, linkedStep, linksOf, SHOP, workflow } from '../../support/checking.ts';

const call = (operationId: string, parameters: string) =>
  `- { stepId: a, operationId: ${operationId}, parameters: [${parameters}] }`;

const place = (body: string) =>
  `- { stepId: a, operationId: placeOrder${body === '' ? '' : `, requestBody: ${body}`} }`;

const body = (contentType: string) =>
  `- { stepId: a, operationId: $sourceDescriptions.depot.depot-placeOrder, requestBody: { contentType: ${contentType}, payload: a } }`;

const other = workflow(
  'other',
  '- { stepId: list, operationId: listOrders }',
  'inputs: { type: object, required: [orderId, size], properties: { orderId: { type: string }, size: { default: 1 } } }',
);

const calling = (rest: string) => ({
  workflows: `${workflow('main', `- { stepId: a, workflowId: other, ${rest} }`)}\n${other}`,
});

const go = (rest: string) => ({
  workflows: `${workflow('main', `- { stepId: a, operationId: listOrders, onSuccess: [{ name: on, type: goto, workflowId: other${rest} }] }`)}\n${other}`,
});

describe('a step', () => {
  it('calls exactly one thing', async () => {
    expect(
      await foundIn(
        '- { stepId: a, description: Nothing. }\n- { stepId: b, operationId: listOrders, workflowId: main }',
      ),
    ).toEqual([
      'error ARZ050: Step "a" calls nothing | { stepId: a, description: Nothing. }',
      'error ARZ051: Step "b" has operationId and workflowId | workflowId',
    ]);
  });
});

describe('a parameter of the path', () => {
  const id = '{ name: id, in: path, value: 1 }';
  test.each([
    [id, []],
    [
      '',
      [
        'error ARZ066: Step "a" does not give path parameter "id" of GET /orders/{id} | { stepId: a, operationId: getOrder, parameters: [] }',
      ],
    ],
    // Said once: the unknown one is most probably the missing one.
    [
      '{ name: orderId, in: path, value: 1 }',
      ['error ARZ065: Path parameter "orderId" is not in GET /orders/{id} | { name: orderId, in: path, value: 1 }'],
    ],
    [
      '{ name: Id, in: path, value: 1 }',
      ['warning ARZ077: Path parameter "Id" is taken for "id" of GET /orders/{id} | { name: Id, in: path, value: 1 }'],
    ],
    [
      '{ name: id, in: query, value: 1 }',
      [
        'warning ARZ077: Parameter "id" in query is taken for the path parameter of GET /orders/{id} | { name: id, in: query, value: 1 }',
      ],
    ],
    [
      '{ name: id, value: 1 }',
      ['error ARZ062: Parameter "id" does not say where in the request it goes | { name: id, value: 1 }'],
    ],
    [
      `${id}, { name: ID, in: path, value: 2 }`,
      ['error ARZ065: Path parameter "ID" is not in GET /orders/{id} | { name: ID, in: path, value: 2 }'],
    ],
    [`${id}, ${id}`, ['error ARZ061: Parameter "id" in path is given twice | { name: id, in: path, value: 1 }']],
  ])('%s', async (parameters, findings) => {
    expect(await foundIn(call('getOrder', parameters))).toEqual(findings);
  });
});

describe('another parameter', () => {
  const line = '{ name: id, in: path, value: 1 }, { name: line_no, in: path, value: 1 }';
  test.each([
    ['{ name: state, in: query, value: open }', []],
    [
      '{ name: State, in: query, value: open }',
      ['warning ARZ067: GET /orders declares no query parameter "State" | { name: State, in: query, value: open }'],
    ],
    [
      '{ name: state, in: header, value: open }',
      ['warning ARZ067: GET /orders declares no header parameter "state" | { name: state, in: header, value: open }'],
    ],
    ['{ name: Accept, in: header, value: text/csv }', []],
    [
      '{ name: X-Shop-Key, in: header, value: $inputs.key }',
      ['warning ARZ109: Workflow "main" declares no input "key" | $inputs.key'],
    ],
    ['{ name: all, in: querystring, value: state=open }', []],
    [
      '{ name: all, in: querystring, value: x=1 }, { name: state, in: query, value: open }',
      [
        'error ARZ069: Parameter "all" is the whole query, but there are query parameters too | { name: all, in: querystring, value: x=1 }',
      ],
    ],
    [
      '{ name: X-A, in: header, value: 1 }, { name: x-a, in: header, value: 2 }',
      [
        'error ARZ061: Parameter "x-a" in header is given twice | { name: x-a, in: header, value: 2 }',
        'warning ARZ067: GET /orders declares no header parameter "x-a" | { name: x-a, in: header, value: 2 }',
      ],
    ],
  ])('%s', async (parameters, findings) => {
    expect(await foundIn(call('listOrders', parameters))).toEqual(findings);
  });

  it('that is required and not given is a warning, unless the whole query is given', async () => {
    expect(await foundIn(call('getLine', line))).toEqual([
      expect.stringContaining(
        'warning ARZ068: Step "a" does not give query parameter "fields", which GET /orders/{id}/lines/{line_no} requires',
      ),
    ]);
    expect(await foundIn(call('getLine', `${line}, { name: q, in: querystring, value: x }`))).toEqual([]);
  });

  it.each([
    ['the name that it is known by', 'Idempotency-Key', '', []],
    ['the name that the step gives it', 'X-Request-Id', ', x-interlock: { idempotency: { header: x-request-id } }', []],
    ['no name', 'Idempotency-Key', ', x-interlock: { idempotency: { header: X-Request-Id } }', ['Idempotency-Key']],
    ['another name', 'X-Request-Id', '', ['X-Request-Id']],
  ])('that carries the key of a repeat is given by us under %s', async (_, name, policy, missing) => {
    const sources = {
      depot: SHOP.replaceAll('operationId: ', 'operationId: depot-').replace(
        'operationId: depot-placeOrder',
        `operationId: depot-placeOrder\n      parameters: [{ name: ${name}, in: header, required: true }]`,
      ),
    };
    const step = `- { stepId: a, operationId: $sourceDescriptions.depot.depot-placeOrder, requestBody: { payload: {} }${policy} }`;
    const findings = await foundIn(step, { sources });
    expect(findings.filter((line) => line.includes('ARZ068'))).toEqual(
      missing.map((one) => expect.stringContaining(`Step "a" does not give header parameter "${one}"`)),
    );
  });

  it('of the workflow need not be known to every operation', async () => {
    const parameters = 'parameters: [{ name: state, in: query, value: open }, { name: id, in: path, value: 1 }]';
    const steps = '- { stepId: a, operationId: listOrders }\n- { stepId: b, operationId: getOrder }';
    expect(await found({ workflows: workflow('main', steps, parameters) })).toEqual([]);
  });
});

describe('a body', () => {
  test.each([
    ['{ payload: { sku: a } }', []],
    [
      '',
      ['error ARZ071: Step "a" sends no body, but POST /orders requires one | { stepId: a, operationId: placeOrder }'],
    ],
    [
      '{ contentType: application/json }',
      ['error ARZ071: Step "a" sends no body, but POST /orders requires one | { contentType: application/json }'],
    ],
    ['{ contentType: application/json; charset=utf-8, payload: {} }', []],
    ['{ contentType: text/csv, payload: a }', ['warning ARZ072: POST /orders does not take "text/csv" | text/csv']],
    ['{ payload: {}, replacements: [{ target: /a, value: 1 }] }', []],
    [
      '{ payload: {}, replacements: [{ target: a, value: 1 }] }',
      ['error ARZ073: Replacement target "a" is not valid: `a` is no JSON Pointer | a'],
    ],
    ['{ payload: {}, replacements: [{ target: $.a, targetSelectorType: jsonpath, value: 1 }] }', []],
    [
      '{ payload: {}, replacements: [{ target: "$.a[", targetSelectorType: jsonpath, value: 1 }] }',
      [expect.stringContaining('error ARZ073: Replacement target "$.a[" is not valid')],
    ],
    [
      '{ contentType: application/xml, payload: <a/>, replacements: [{ target: //a[, value: 1 }] }'.replace(
        '//a[',
        '"//a["',
      ),
      [
        'warning ARZ072: POST /orders does not take "application/xml" | application/xml',
        expect.stringContaining('error ARZ073: Replacement target "//a[" is not valid'),
      ],
    ],
  ])('%s', async (body, findings) => {
    expect(await foundIn(place(body))).toEqual(findings);
  });

  it('is not expected by an operation that declares none', async () => {
    expect(await foundIn('- { stepId: a, operationId: listOrders, requestBody: { payload: 1 } }')).toEqual([
      'warning ARZ070: Step "a" sends a body, but GET /orders declares none | { payload: 1 }',
    ]);
  });

  it('may be of any type that a range of the operation covers', async () => {
    const sources = {
      depot: SHOP.replaceAll('application/json', 'application/*').replaceAll('operationId: ', 'operationId: depot-'),
    };
    expect(await foundIn(body('application/vnd.shop+json'), { sources })).toEqual([]);
    expect(await foundIn(body('text/plain'), { sources })).toEqual([
      'warning ARZ072: POST /orders does not take "text/plain" | text/plain',
    ]);
  });
});

describe('a step that calls a workflow', () => {
  test.each([
    ["parameters: [{ name: orderId, value: '1' }]", []],
    [
      'description: None.',
      [
        'error ARZ074: Workflow "other" requires input "orderId", which is not given | { stepId: a, workflowId: other, description: None. }',
      ],
    ],
    [
      "parameters: [{ name: orderId, in: query, value: '1' }]",
      [
        'warning ARZ063: Parameter "orderId" is the input of a workflow, so "query" has no effect | { name: orderId, in: query, value: \'1\' }',
      ],
    ],
    [
      "parameters: [{ name: orderId, value: '1' }, { name: sise, value: 2 }]",
      ['warning ARZ075: Workflow "other" declares no input "sise" | { name: sise, value: 2 }'],
    ],
    [
      "parameters: [{ name: orderId, value: '1' }], requestBody: { payload: 1 }",
      ['warning ARZ076: The body of step "a" has no effect | { payload: 1 }'],
    ],
  ])('%s', async (rest, findings) => {
    expect(await found(calling(rest))).toEqual(findings);
  });

  it('cannot give what a closed schema does not list', async () => {
    const closed = workflow(
      'other',
      '- { stepId: list, operationId: listOrders }',
      'inputs: { type: object, additionalProperties: false, properties: {} }',
    );
    const main = workflow('main', '- { stepId: a, workflowId: other, parameters: [{ name: x, value: 1 }] }');
    expect(await found({ workflows: `${main}\n${closed}` })).toEqual([
      'error ARZ108: Workflow "other" allows no input "x" | { name: x, value: 1 }',
    ]);
  });

  it('by an action gives inputs without a place, or hands on its own when it gives none', async () => {
    expect(await found(go(''))).toEqual([]);
    expect(await found(go(', parameters: [{ name: size, in: query, value: 1 }]'))).toEqual([
      expect.stringContaining('error ARZ074: Workflow "other" requires input "orderId", which is not given'),
      'error ARZ064: Parameter "size" of an action has "in: query" | { name: size, in: query, value: 1 }',
    ]);
  });
});

describe('a channel', () => {
  const events = `
asyncapi: 3.0.0
info: { title: Events, version: 1.0.0 }
channels: { paid: { address: paid } }
operations: { onPaid: { action: receive, channel: { $ref: '#/channels/paid' } } }
`;
  test.each([
    [
      'operationId: $sourceDescriptions.events.onPaid, action: receive',
      [expect.stringContaining('warning ASY031: Step "a" takes the next message, whoever it is for')],
    ],
    [
      'operationId: $sourceDescriptions.events.onPaid, action: receive, correlationId: one',
      ['warning ASY032: No message of channel "paid" says where its correlation id is | correlationId'],
    ],
    ["channelPath: '{$sourceDescriptions.events.url}#/channels/paid', action: send", []],
    [
      "channelPath: '{$sourceDescriptions.events.url}#/channels/paid', action: publish",
      [expect.stringMatching(/^error ARZ005: .*"publish"/)],
    ],
    [
      "channelPath: '{$sourceDescriptions.events.url}#/channels/pied', action: send",
      ['error ARZ057: "events" has no "/channels/pied" | {$sourceDescriptions.events.url}#/channels/pied'],
    ],
    [
      'channelPath: events#/channels/paid, action: send',
      ['warning ARZ043: "events#/channels/paid" is not how the standard writes this reference | events#/channels/paid'],
    ],
    [
      'channelPath: $sourceDescriptions.events#/channels/paid, action: send',
      [expect.stringContaining('warning ARZ043: "$sourceDescriptions.events#/channels/paid" is not how')],
    ],
    [
      'channelPath: $sourceDescriptions.events.url#/channels/paid, action: send',
      [expect.stringContaining('warning ARZ043: "$sourceDescriptions.events.url#/channels/paid" is not how')],
    ],
    [
      'channelPath: nobody#/channels/paid, action: send',
      ['error ARZ055: channelPath "nobody#/channels/paid" is malformed | nobody#/channels/paid'],
    ],
    [
      'operationId: events.onPaid, action: send',
      ['warning ARZ043: "events.onPaid" is not how the standard writes this reference | events.onPaid'],
    ],
    [
      'operationId: shop.listOrders',
      ['warning ARZ043: "shop.listOrders" is not how the standard writes this reference | shop.listOrders'],
    ],
    [
      "channelPath: '{$sourceDescriptions.shop.url}#/paths', action: send",
      [
        'error ARZ041: Source description "shop" is of type openapi, not asyncapi | {$sourceDescriptions.shop.url}#/paths',
      ],
    ],
    [
      'operationId: $sourceDescriptions.events.onPaid',
      [expect.stringContaining('error ARZ058: Step "a" does not say whether it sends or receives')],
    ],
    [
      'operationId: $sourceDescriptions.shop.listOrders, action: send',
      ['error ARZ059: Step "a" has "action" but no channel | action'],
    ],
  ])('%s', async (rest, findings) => {
    expect(await foundIn(`- { stepId: a, ${rest} }`, { sources: { events } })).toEqual(findings);
  });
});

describe('a parameter of a channel', () => {
  const events = `
asyncapi: 3.0.0
info: { title: Events, version: 1.0.0 }
channels:
  fired:
    address: kilns/{kiln}/fired
    parameters: { kiln: { description: Which one. } }
    messages: { fired: { headers: { type: object, properties: { trace: { type: string } } } } }
`;
  const step = (action: string, parameters: string): string =>
    `- { stepId: a, channelPath: '{$sourceDescriptions.events.url}#/channels/fired', action: ${action}, parameters: [${parameters}] }`;

  test.each(['path', 'channel'])('in the braces of its address is said with `in: %s`', async (place) => {
    const send = step('send', `{ name: kiln, in: ${place}, value: k1 }, { name: trace, in: header, value: t }`);
    expect(await foundIn(send, { sources: { events } })).toEqual([]);
    const wrong = step('send', `{ name: oven, in: ${place}, value: k1 }`);
    expect((await foundIn(wrong, { sources: { events } })).map((line) => line.slice(0, 12))).toEqual(['error ARZ065']);
  });

  it('has no effect on a step that receives, and that is told', async () => {
    const receive = step('receive', '{ name: kiln, in: path, value: k1 }, { name: trace, in: header, value: t }');
    expect(await foundIn(receive, { sources: { events } })).toEqual([
      expect.stringContaining('warning ASY031'),
      'warning ASY035: Parameter "kiln" of a step that receives has no effect | { name: kiln, in: path, value: k1 }',
      'warning ASY035: Parameter "trace" of a step that receives has no effect | { name: trace, in: header, value: t }',
    ]);
  });
});

describe('a parameter without a place', () => {
  const post = `
openapi: 3.1.0
info: { title: Post, version: 1.0.0 }
paths:
  /letters:
    get:
      operationId: letters
      parameters:
        - { name: page, in: query, schema: { type: integer } }
        - { name: to, in: query, schema: { type: string } }
        - { name: to, in: header, schema: { type: string } }
      responses: { '200': { description: Letters. } }
`;
  const letters = (parameter: string) =>
    `- { stepId: a, operationId: $sourceDescriptions.post.letters, parameters: [${parameter}] }`;

  it('is refused also where its operation has the only one of its name', async () => {
    expect(await foundIn(letters('{ name: page, value: 2 }'), { sources: { post } })).toEqual([
      'error ARZ062: Parameter "page" does not say where in the request it goes | { name: page, value: 2 }',
    ]);
  });

  it('is refused where there are several of its name, or none', async () => {
    const refused = (name: string) =>
      expect.stringContaining(`error ARZ062: Parameter "${name}" does not say where in the request it goes`);
    for (const name of ['to', 'from'])
      expect(await foundIn(letters(`{ name: ${name}, value: 2 }`), { sources: { post } })).toEqual([refused(name)]);
  });
});

it('a channelPath where no source has channels is told that, and not what else a channel needs', async () => {
  for (const text of ['orders', '{$sourceDescriptions.shop.url}#/channels/orders'])
    expect(await foundIn(`- { stepId: a, channelPath: '${text}' }`)).toEqual([
      `error ARZ041: Source description "shop" is of type openapi, not asyncapi | ${text}`,
    ]);
});

describe('a channel that can only be one', () => {
  const lift = `
asyncapi: 3.0.0
info: { title: Lift, version: 1.0.0 }
channels: { lift/calls: { address: home.calls }, doors: { address: home.doors } }
operations: { onDoors: { action: receive, channel: { $ref: '#/channels/doors' } } }
`;
  const sending = (field: string, text: string) =>
    `- { stepId: a, ${field}: '${text}', action: send, requestBody: { payload: {} } }`;
  const calls = '{$sourceDescriptions.lift.url}#/channels/lift~1calls';
  const doors = '{$sourceDescriptions.lift.url}#/channels/doors';
  test.each([
    ['channelPath', 'lift#/channels/doors', doors],
    ['channelPath', '$sourceDescriptions.lift.url#/channels/doors', doors],
    ['channelPath', '{$sourceDescriptions.lift.url}#/channels/lift/calls', calls],
    ['channelPath', '{$sourceDescriptions.lift.url}#/channels/home.calls', calls],
    ['channelPath', 'lift#/operations/onDoors', '{$sourceDescriptions.lift.url}#/operations/onDoors'],
    ['channelPath', 'doors', doors],
    ['channelPath', 'home.calls', calls],
    ['channelPath', '$sourceDescriptions.lift.doors', doors],
    ['channelPath', '$sourceDescriptions.lift.channels.doors', doors],
    ['operationPath', '{$sourceDescriptions.lift.url}#/operations/onDoors', '$sourceDescriptions.lift.onDoors'],
    ['operationPath', 'lift#/operations/onDoors', '$sourceDescriptions.lift.onDoors'],
    ['operationId', '$sourceDescriptions.lift.url#/operations/onDoors', '$sourceDescriptions.lift.onDoors'],
  ])('is followed with a warning as %s: %s', async (field, text, instead) => {
    const written = sending(field, text);
    const links = await linksOf({ workflows: workflow('main', written), sources: { lift } });
    expect(linkedStep(links, 'a').target).toMatchObject({ kind: 'operation', sourceName: 'lift' });
    const mended = sending(instead.startsWith('$') ? 'operationId' : 'channelPath', instead);
    expect(await foundIn(mended, { sources: { lift } })).toEqual([]);
    expect(await foundIn(written, { sources: { lift } })).toEqual([
      `warning ARZ043: "${text}" is not how the standard writes this reference | ${text}`,
    ]);
  });

  it('is asked for where two sources have it, or none', async () => {
    const step = sending('channelPath', 'doors');
    const malformed = 'error ARZ055: channelPath "doors" is malformed | doors';
    expect(await foundIn(step, { sources: { lift, gate: lift } })).toEqual([malformed]);
    expect(
      await foundIn(step, {
        sources: { gate: lift.replace('doors:', 'gates:').replaceAll('channels/doors', 'channels/gates') },
      }),
    ).toEqual([malformed]);
  });

  it('names the operations that there are where the operation of a path is none of them', async () => {
    const step = "- { stepId: a, operationPath: 'lift#/operations/onDoor', action: receive }";
    expect(await foundIn(step, { sources: { lift } })).toEqual([
      'error ARZ057: "lift" has no "/operations/onDoor" | lift#/operations/onDoor',
    ]);
  });
});

describe('a credential', () => {
  test.each([
    ['{ name: Authorization, in: header, value: Bearer abc }', true],
    ['{ name: X-Shop-Key, in: header, value: abc }', true],
    ['{ name: api_key, in: query, value: abc }', true],
    ["{ name: Authorization, in: header, value: 'Bearer {$inputs.token}' }", false],
    ['{ name: Authorization, in: header, value: Bearer $inputs.token }', false],
    ['{ name: state, in: query, value: abc }', false],
  ])('%s', async (parameter, reported) => {
    const lines = await foundIn(call('listOrders', parameter));
    expect(lines.some((line) => line.includes('ARZ113'))).toBe(reported);
    expect(lines.join('\n')).not.toMatch(/ARZ113.*(Bearer )?abc.* \|/);
  });
});

describe('a security scheme', () => {
  const vault = (security: string, schemes: string): string => `
openapi: 3.1.0
info: { title: Vault, version: 1.0.0 }
paths:
  /a: { get: { operationId: a, security: ${security}, responses: { '200': { description: A. } } } }
  /b: { get: { operationId: b, security: ${security}, responses: { '200': { description: B. } } } }
components: { securitySchemes: ${schemes} }
`;
  const SCHEMES =
    '{ digest: { type: http, scheme: Digest }, tls: { type: http, scheme: Hoba }, key: { type: apiKey, in: header, name: X } }';
  const steps = (more = ''): string => `- { stepId: one, operationId: $sourceDescriptions.vault.a${more} }
- { stepId: two, operationId: $sourceDescriptions.vault.b${more} }`;

  test.each([
    ['[{ key: [] }]', []],
    ['[{ tls: [] }, { key: [] }]', []],
    ['[{ tls: [] }, {}]', []],
    ['[]', []],
    [
      '[{ digest: [] }]',
      [
        'warning ARZ078: Step "one" needs the security scheme "digest" for GET /a, and http digest is not supported yet | ' +
          '{ stepId: one, operationId: $sourceDescriptions.vault.a }',
      ],
    ],
    ['[{ key: [], tls: [] }]', [expect.stringContaining('"tls" for GET /a, and http hoba is not supported yet')]],
  ])('%s', async (security, findings) => {
    expect(await foundIn(steps(), { sources: { vault: vault(security, SCHEMES) } })).toEqual(findings);
  });

  it('is let be where the step passes a token of its own', async () => {
    const token = ", parameters: [{ name: Authorization, in: header, value: 'Bearer {$inputs.token}' }]";
    const findings = await foundIn(steps(token), { sources: { vault: vault('[{ digest: [] }]', SCHEMES) } });
    expect(findings.filter((line) => line.includes('ARZ078'))).toEqual([]);
  });
});

/** Answers are brought to what criteria ask for; the criteria themselves say whether it worked. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRegex } from '../../../lib/expressions/regex.ts';
import { parseCriterion } from '../../../lib/expressions/values.ts';
import type { Json } from '../../../lib/model/json.ts';
import type { Criterion } from '../../../lib/model/value.ts';
import { fitted, isFit } from '../../../lib/simulate/fitted-answer.ts';
import type { SimulatedAnswer } from '../../../lib/simulate/simulated-answer.ts';

beforeAll(loadRegex);

function criterion(json: Json): Criterion {
  const parsed = parseCriterion(json);
  if (!parsed.ok) throw new Error(`no criterion: ${JSON.stringify(json)}`);
  return parsed.criterion;
}

const simple = (condition: string): Criterion => criterion({ condition });
const inBody = (type: string, condition: string): Criterion =>
  criterion({ context: '$response.body', type, condition });
const answer = (body: Json, status = 200): SimulatedAnswer => ({
  status,
  contentType: 'application/json',
  body,
  headers: {},
});

const PETS: Json = { data: [{ name: 'string', price: 0, brand: { name: 'string' } }], total: 0, state: 'string' };

describe('an answer is fitted to', () => {
  it.each<readonly [string, Criterion]>([
    ['equality', simple("$response.body#/state == 'paid'")],
    ['a number above', simple('$response.body#/total > 10')],
    ['a number below, written the other way', simple('5 <= $response.body#/total')],
    ['a difference', simple("$response.body#/state != 'string'")],
    ['an alternative, the second where the first cannot be', simple("$inputs.x == 1 || $response.body#/state == 'b'")],
    ['all parts', simple("$statusCode == 201 && $response.body#/state == 'b' && $response.body#/total >= 2")],
    ['a negation', simple("!($response.body#/state == 'string')")],
    ['the length of a list', simple('$response.body.data.length > 2')],
    ['a member that is not there yet', simple('$response.body#/extra/id')],
    ['a header', simple("$response.header.X-State == 'on'")],
    ['a range of statuses', simple('$statusCode >= 201 && $statusCode < 210')],
    ['a filter', inBody('jsonpath', '$.data[?@.price > 10]')],
    ['a filter with several parts', inBody('jsonpath', "$.data[?@.price > 10 && @.brand.name == 'X' && !@.gone]")],
    ['a count', inBody('jsonpath', '$[?count(@.data[*]) > 2]')],
    ['a length', inBody('jsonpath', '$.data[?length(@.name) == 3]')],
    ['a match', inBody('jsonpath', "$.data[?match(@.name, '[A-Z]{2}')]")],
    ['an index beyond', inBody('jsonpath', '$.data[3].name')],
    ['a name behind two dots', inBody('jsonpath', '$..price')],
    [
      'a pattern with slashes and flags',
      criterion({ context: '$response.body#/state', type: 'regex', condition: '/^[0-9A-F]{4}$/i' }),
    ],
  ])('%s', (_what, wanted) => {
    const made = fitted(answer(PETS), [wanted], { inputs: {} });
    expect(made && isFit(made, [wanted], { inputs: {} })).toBe(true);
  });

  it('several criteria at once, and keeps what already is as it should be', () => {
    const wanted = [simple('$response.body && $response.body.length > 0'), inBody('jsonpath', '$[0].id')];
    const pets = [{ id: 7 }];
    expect(fitted(answer(pets), wanted, {})).toEqual(answer(pets));
  });

  it('an answer without a body', () => {
    const made = fitted({ status: 200, headers: {} }, [inBody('jsonpath', '$[?@.token != null]')], {});
    expect(made).toMatchObject({ contentType: 'application/json' });
  });

  it('nothing that contradicts itself, or that it cannot turn round', () => {
    expect(
      fitted(answer(PETS), [simple('$response.body#/total > 5 && $response.body#/total < 3')], {}),
    ).toBeUndefined();
    expect(fitted(answer(PETS), [simple('$inputs.a == 2')], { inputs: { a: 1 } })).toBeUndefined();
  });
});

/**
 * The rules of a Choice. In JSONata a rule is a Condition; in JSONPath it is a tree of comparisons, whose structure
 * alone is checked: only the top-level rule has Next, Assign and Output.
 */
import { anything, assignments, condition, list, path, template, text } from './field-checks.ts';
import * as messages from './messages.ts';
import { type FieldRule, has, object, type ObjectRule } from './object-rule.ts';
import { type Place, reportSchema } from './place.ts';
import type { JsonObject } from '../../model/json.ts';

const ORDERED_TYPES = ['String', 'Numeric', 'Timestamp'];
const ORDERINGS = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const LITERAL_COMPARISONS = [
  ...ORDERED_TYPES.flatMap((type) => ORDERINGS.map((ordering) => `${type}${ordering}`)),
  'BooleanEquals',
];

const COMPARISONS: readonly string[] = [
  ...LITERAL_COMPARISONS,
  ...LITERAL_COMPARISONS.map((name) => `${name}Path`),
  'StringMatches',
  'IsNull',
  'IsPresent',
  'IsNumeric',
  'IsString',
  'IsBoolean',
  'IsTimestamp',
];

const SELECTORS = ['And', 'Or', 'Not', 'Variable', 'Condition'];

const COMPARISON_FIELDS: Readonly<Record<string, FieldRule>> = {
  Variable: { check: path, only: 'JSONPath' },
  ...Object.fromEntries(COMPARISONS.map((name): [string, FieldRule] => [name, { check: anything, only: 'JSONPath' }])),
};

/** A comparison inside And, Or or Not. */
const INNER_RULE: ObjectRule = {
  fields: {
    Comment: { check: text },
    ...COMPARISON_FIELDS,
    And: { check: (value, place) => checkInnerList(value, place), only: 'JSONPath' },
    Or: { check: (value, place) => checkInnerList(value, place), only: 'JSONPath' },
    Not: { check: (value, place) => checkInner(value, place), only: 'JSONPath' },
  },
  also: checkSelector,
};

const checkInner = object(INNER_RULE);
const checkInnerList = list(checkInner, { needed: true });

const CHOICE_RULE: ObjectRule = {
  fields: {
    Comment: { check: text },
    Condition: { check: condition, only: 'JSONata' },
    ...INNER_RULE.fields,
    Next: { check: text },
    Output: { check: template(), only: 'JSONata' },
    Assign: { check: assignments() },
  },
  required: ['Next'],
  also: checkSelector,
};

export const choices: FieldRule = { check: list(object(CHOICE_RULE), { needed: true }) };

function checkSelector(rule: JsonObject, place: Place): void {
  const selected = SELECTORS.filter((name) => has(rule, name));
  if (selected.length !== 1) reportSchema(place, messages.notOneSelector(SELECTORS));
  if (selected[0] === 'Variable') checkComparison(rule, place);
}

/** "A comparison has a Variable and exactly one comparison operator." */
function checkComparison(rule: JsonObject, place: Place): void {
  if (place.language !== 'JSONPath') return;
  const operators = COMPARISONS.filter((name) => has(rule, name));
  if (operators.length > 1) reportSchema(place, messages.severalOf(operators));
  if (operators.length === 0) reportSchema(place, messages.noneOf(COMPARISONS));
}

/** Retriers and catchers as tables, and the place of `States.ALL`. Task, Parallel and Map have them, no other state. */
import { ErrorName } from '../../model/asl.ts';
import { isObject, type Json } from '../../model/json.ts';
import { assignments, choiceOf, integer, list, number, pathOrNull, template, text } from './field-checks.ts';
import { MAX_RETRY_DELAY_SECONDS } from './limits.ts';
import { SECONDS } from '../quotas.ts';
import * as messages from './messages.ts';
import { type FieldCheck, type FieldRule, object, type ObjectRule } from './object-rule.ts';
import { element, member, type Place, reportSchema, type StatesFields } from './place.ts';

/** "$states.errorOutput: only available in a Catch." */
const CAUGHT: StatesFields = { result: false, errorOutput: true };

const RETRIER: ObjectRule = {
  fields: {
    Comment: { check: text },
    ErrorEquals: { check: list(text, { needed: true }) },
    // The language says "a positive integer"; the service takes 0.
    IntervalSeconds: { check: integer({ minimum: 0, maximum: SECONDS }) },
    MaxAttempts: { check: integer({ minimum: 0, maximum: SECONDS }) },
    BackoffRate: { check: number({ minimum: 1 }) },
    MaxDelaySeconds: { check: integer({ minimum: 1, maximum: MAX_RETRY_DELAY_SECONDS }) },
    JitterStrategy: { check: choiceOf(['NONE', 'FULL']) },
  },
  required: ['ErrorEquals'],
};

const CATCHER: ObjectRule = {
  fields: {
    Comment: { check: text },
    ErrorEquals: { check: list(text, { needed: true }) },
    Next: { check: text },
    Output: { check: template(CAUGHT), only: 'JSONata' },
    ResultPath: { check: pathOrNull, only: 'JSONPath' },
    Assign: { check: assignments(CAUGHT) },
  },
  required: ['ErrorEquals', 'Next'],
};

export const RECOVERY_FIELDS: Readonly<Record<'Retry' | 'Catch', FieldRule>> = {
  Retry: { check: recoverers(RETRIER) },
  Catch: { check: recoverers(CATCHER) },
};

function recoverers(rule: ObjectRule): FieldCheck {
  const checkEach = list(object(rule), { needed: false });
  return (value, place) => {
    checkEach(value, place);
    if (Array.isArray(value)) checkStatesAll(value, place);
  };
}

/** "States.ALL MUST appear alone in the ErrorEquals array and MUST appear in the last retrier (or catcher)." */
function checkStatesAll(entries: readonly Json[], place: Place): void {
  for (const [index, entry] of entries.entries()) {
    const errors = isObject(entry) && Array.isArray(entry['ErrorEquals']) ? entry['ErrorEquals'] : [];
    const isMisplaced = errors.length > 1 || index < entries.length - 1;
    if (errors.includes(ErrorName.All) && isMisplaced) {
      reportSchema(member(element(place, index), 'ErrorEquals'), messages.misplacedStatesAll);
    }
  }
}

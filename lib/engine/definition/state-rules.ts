/**
 * The eight states as tables: which fields each may have (in which query language), which it must have, which exclude
 * each other. The field lists are the service's own, asked type by type and field by field.
 * States nested in a Parallel or a Map are walked by validation.ts.
 */
import type { StateType } from '../../model/asl.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { choices } from './choice-rules.ts';
import {
  anything,
  assignments,
  choiceOf,
  computed,
  flag,
  integer,
  items,
  list,
  number,
  path,
  pathOrNull,
  template,
  text,
  timestamp,
} from './field-checks.ts';

import { BATCHER, BRANCH, checkMap, label, PROCESSOR, READER, WRITER } from './map-rules.ts';
import { SECONDS } from '../quotas.ts';
import * as messages from './messages.ts';
import { type FieldRule, has, object, type ObjectRule } from './object-rule.ts';
import { member, type Place, reportSchema, type StatesFields } from './place.ts';
import { RECOVERY_FIELDS } from './recovery-rules.ts';
import { checkResource, readResource, requiredArguments } from './integrations.ts';

type FieldTable = Readonly<Record<string, FieldRule>>;

/** "$states.result: the API's or sub-workflow's result, if successful": of Task, Parallel and Map. */
const SUCCEEDED: StatesFields = { result: true, errorOutput: false };

const COMMON: FieldTable = {
  Type: { check: anything },
  Comment: { check: text },
  QueryLanguage: { check: choiceOf(['JSONPath', 'JSONata']) },
};

const INPUT_AND_OUTPUT_PATH: FieldTable = {
  InputPath: { check: pathOrNull, only: 'JSONPath' },
  OutputPath: { check: pathOrNull, only: 'JSONPath' },
};

const TRANSITION: FieldTable = { Next: { check: text }, End: { check: flag } };

const OUTPUT: FieldTable = { Output: { check: template(), only: 'JSONata' } };
const ASSIGN: FieldTable = { Assign: { check: assignments() } };

const RESULT_OUTPUT: FieldTable = { Output: { check: template(SUCCEEDED), only: 'JSONata' } };
const RESULT_ASSIGN: FieldTable = { Assign: { check: assignments(SUCCEEDED) } };

const PARAMETERS: FieldTable = {
  Parameters: { check: template(), only: 'JSONPath' },
  ResultPath: { check: pathOrNull, only: 'JSONPath' },
};

/** What a state that runs something has, whatever it runs. */
const WORK: FieldTable = {
  ...COMMON,
  ...INPUT_AND_OUTPUT_PATH,
  ...PARAMETERS,
  ResultSelector: { check: template(), only: 'JSONPath' },
  ...RESULT_OUTPUT,
  ...RESULT_ASSIGN,
  ...RECOVERY_FIELDS,
  ...TRANSITION,
};

const ARGUMENTS: FieldTable = { Arguments: { check: template(), only: 'JSONata' } };

/** Seconds, counts and percentages: a literal, a JSONata expression, or a JSONPath in a field of its own. */
function amount(name: string, range: { minimum?: number; maximum?: number }): FieldTable {
  return {
    [name]: { check: computed(integer(range)) },
    [`${name}Path`]: { check: path, only: 'JSONPath' },
  };
}

const ONE_END = { fields: ['Next', 'End'], needed: true };

function either(name: string): { fields: readonly string[]; needed: boolean } {
  return { fields: [name, `${name}Path`], needed: false };
}

const CREDENTIALS: ObjectRule = {
  fields: {
    RoleArn: { check: computed(text) },
    'RoleArn.$': { check: path, only: 'JSONPath' },
  },
};

export const STATE_RULES: Readonly<Record<StateType, ObjectRule>> = {
  Task: {
    fields: {
      ...WORK,
      ...ARGUMENTS,
      Resource: {
        check: (value, place) =>
          typeof value === 'string' ? checkResource(value, place) : reportSchema(place, messages.wrongType('STRING')),
      },
      Credentials: { check: checkCredentials },
      ...amount('TimeoutSeconds', { minimum: 1, maximum: SECONDS }),
      ...amount('HeartbeatSeconds', { minimum: 1, maximum: SECONDS }),
    },
    required: ['Resource'],
    exclusive: [ONE_END, either('TimeoutSeconds'), either('HeartbeatSeconds')],
    also: checkTask,
  },
  Pass: {
    fields: {
      ...COMMON,
      ...INPUT_AND_OUTPUT_PATH,
      ...PARAMETERS,
      Result: { check: anything, only: 'JSONPath' },
      ...OUTPUT,
      ...ASSIGN,
      ...TRANSITION,
    },
    exclusive: [ONE_END],
  },
  Choice: {
    fields: {
      ...COMMON,
      ...INPUT_AND_OUTPUT_PATH,
      ...OUTPUT,
      ...ASSIGN,
      Choices: choices,
      Default: { check: text },
    },
    required: ['Choices'],
  },
  Wait: {
    fields: {
      ...COMMON,
      ...INPUT_AND_OUTPUT_PATH,
      ...OUTPUT,
      ...ASSIGN,
      ...amount('Seconds', { minimum: 0, maximum: SECONDS }),
      Timestamp: { check: timestamp },
      TimestampPath: { check: path, only: 'JSONPath' },
      ...TRANSITION,
    },
    exclusive: [ONE_END, { fields: ['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], needed: true }],
  },
  Succeed: { fields: { ...COMMON, ...INPUT_AND_OUTPUT_PATH, ...OUTPUT } },
  Fail: {
    fields: {
      ...COMMON,
      Error: { check: computed(text) },
      ErrorPath: { check: path, only: 'JSONPath' },
      Cause: { check: computed(text) },
      CausePath: { check: path, only: 'JSONPath' },
    },
    exclusive: [either('Error'), either('Cause')],
  },
  Parallel: {
    fields: { ...WORK, ...ARGUMENTS, Branches: { check: list(object(BRANCH), { needed: true }) } },
    required: ['Branches'],
    exclusive: [ONE_END],
  },
  Map: {
    fields: {
      ...WORK,
      Items: { check: items, only: 'JSONata' },
      ItemsPath: { check: path, only: 'JSONPath' },
      ItemSelector: { check: template() },
      ItemReader: { check: object(READER) },
      ItemBatcher: { check: object(BATCHER) },
      ResultWriter: { check: object(WRITER) },
      ItemProcessor: { check: object(PROCESSOR) },
      Iterator: { check: object(PROCESSOR) },
      Label: { check: label },
      ...amount('MaxConcurrency', { minimum: 0 }),
      ...amount('ToleratedFailureCount', { minimum: 0 }),
      ToleratedFailurePercentage: { check: computed(percentage) },
      ToleratedFailurePercentagePath: { check: path, only: 'JSONPath' },
    },
    exclusive: [
      ONE_END,
      { fields: ['ItemProcessor', 'Iterator'], needed: true },
      either('MaxConcurrency'),
      either('ToleratedFailureCount'),
      either('ToleratedFailurePercentage'),
    ],
    also: checkMap,
  },
};

export const STATE_TYPES: readonly StateType[] = [
  'Task',
  'Wait',
  'Pass',
  'Succeed',
  'Fail',
  'Choice',
  'Parallel',
  'Map',
];

function percentage(value: Parameters<FieldRule['check']>[0], place: Place): void {
  if (typeof value === 'string') reportSchema(place, messages.notAnInteger);
  else number({ minimum: 0, maximum: 100 })(value, place);
}

/** "Credentials: RoleArn is required." What else it may hold is not refused by the service. */
function checkCredentials(value: Parameters<FieldRule['check']>[0], place: Place): void {
  if (!isObject(value)) reportSchema(place, messages.wrongType('OBJECT'));
  else if (!has(value, 'RoleArn') && !has(value, 'RoleArn.$')) reportSchema(place, messages.requiredField('RoleArn'));
  else object(CREDENTIALS)(value, place);
}

function checkTask(state: JsonObject, place: Place): void {
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  // "HeartbeatSeconds: MUST be smaller than TimeoutSeconds."
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
    reportSchema(member(place, 'HeartbeatSeconds'), messages.heartbeatNotBelowTimeout);
  }
  if (typeof state['Resource'] === 'string') checkCall(state, state['Resource'], place);
}

function checkCall(state: JsonObject, arn: string, place: Place): void {
  const resource = readResource(arn);
  if (resource?.kind === 'activity' && has(state, 'Credentials')) {
    reportSchema(member(place, 'Credentials'), messages.credentialsOnActivity);
  }
  const field = place.language === 'JSONata' ? 'Arguments' : 'Parameters';
  const given = state[field];
  if (resource?.kind === 'service' && given === undefined) reportSchema(place, messages.missingArguments(field, arn));
  if (resource === undefined || !isObject(given)) return;
  for (const name of requiredArguments(resource)) {
    if (!has(given, name) && !has(given, `${name}.$`)) reportSchema(member(place, field), messages.requiredField(name));
  }
}

/**
 * The sentences of the findings, in one place. Those under "Recorded" were seen from the service (in recorded cases, or
 * reported word by word by people who asked it); those under "Ours" say what the service also refuses, or what only we
 * refuse, in words of our own, because its wording is not known. Whoever sees the service's wording moves a sentence up.
 */
import type { QueryLanguage } from '../../model/asl.ts';

const list = (names: readonly string[]): string => `[${names.join(', ')}]`;

// Recorded.

export const notAnObject = 'Definition must be a valid JSON object';

export const requiredFields = (fields: readonly string[]): string => `These fields are required: ${list(fields)}`;

export const requiredField = (field: string): string => `The field '${field}' is required but was missing`;

export const unsupportedField = (field: string): string => `Field '${field}' is not supported`;

export const unknownType = (types: readonly string[]): string =>
  `The field 'Type' should have one of these values: ${list(types)}`;

export const wrongLanguage = (field: string, set: QueryLanguage): string =>
  `The QueryLanguage is set to '${set}', but field '${field}' is only supported for the ` +
  `'${set === 'JSONata' ? 'JSONPath' : 'JSONata'}' QueryLanguage`;

export const languageDowngrade = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";

export const notOneOf = (values: readonly string[]): string => `Value should be one of the following: ${list(values)}`;

export const severalOf = (fields: readonly string[]): string =>
  `There should only be one of the following fields: ${list(fields)}`;

export const noneOf = (fields: readonly string[]): string =>
  `This object should have only one of the following fields: ${list(fields)}`;

export const notOneSelector = (fields: readonly string[]): string =>
  `The object must have only one of the following fields, ${list(fields)}`;

export const wrongType = (type: string): string => `Expected value of type [${type}]`;

export const notAnInteger = 'Expected value of type Integer';

export const belowMinimum = (minimum: number): string => `Minimum value is ${minimum}`;

export const aboveMaximum = (maximum: number): string => `Maximum value is ${maximum}`;

export const emptyValue = 'Value cannot be empty';

export const notATimestamp = 'String does not match RFC3339 timestamp';

export const misplacedStatesAll = 'States.ALL must appear alone and at end of list';

export const unclosedExpression = 'JSONata string must start with {% and end with %}';

export const topLevelReference = (name: string): string => `Reference to '${name}' at the top level is not supported.`;

export const rootReference = "Reference to '$$' is not supported.";

export const absentStatesField = (field: string): string => `Field '$states.${field}' does not exist.`;

export const missingTarget = (name: string): string => `Missing 'Next' target: ${name}`;

export const unreachableState = (name: string): string => `State "${name}" is not reachable.`;

export const noTerminalState = 'Workflow has no terminal state';

export const duplicateStateName = (name: string): string => `Duplicate State name: ${name}`;

export const duplicateLabel = (label: string): string => `Duplicate Label name: ${label}`;

export const reservedVariable = (name: string): string => `Cannot assign to reserved variable '$${name}'.`;

export const invalidVariableName = (name: string): string =>
  `Invalid variable name '${name}': the variable name contains invalid characters.`;

export const shadowingVariable = (name: string): string =>
  `The variable name '${name}' was already defined in a parent scope.`;

export const possiblyUndefined = (name: string): string => `Variable '${name}' is possibly not defined.`;

export const notAnArn = 'Value is not a valid resource ARN';

export const unknownResource = (resource: string): string =>
  `The resource provided ${resource} is not recognized. The value is not a valid resource ARN, ` +
  'or the resource is not available in this region.';

export const missingArguments = (field: string, resource: string): string =>
  `${field} field is required for resource ARN: ${resource}`;

export const credentialsOnActivity = "The field 'Credentials' is not supported for activities";

export const expressActivity = 'Express state machine does not support Activity ARN';

export const expressSync = "Express state machine does not support '.sync' service integration";

/** With two spaces before the service's own " at /States/...". */
export const expressCallback = "Express state machine does not support '.waitForTaskToken' service integration ";

export const expressDistributed =
  "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines";

export const unknownReader = "The field 'Resource' does not match any of the allowed values";

export const csvHeaderLocation = "The field 'CSVHeaderLocation' is required";

export const notAJsonPath = 'Value must be a valid JSONPath.';

export const notAPathOrIntrinsic = (field: string): string =>
  `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`;

// Recorded but for the name in front of it.

export const longStateName = (name: string, limit: number): string =>
  `State name '${name}' exceeds the ${limit}-character limit allowed by the service`;

export const longLabel = (label: string, limit: number): string =>
  `Label '${label}' exceeds the ${limit}-character limit allowed by the service`;

// Ours.

export const longVariableName = (name: string, limit: number): string =>
  `Invalid variable name '${name}': the variable name exceeds the ${limit}-character limit.`;

export const heartbeatNotBelowTimeout = 'HeartbeatSeconds must be smaller than TimeoutSeconds';

export const tooDeep = (limit: number): string =>
  `The definition nests objects and arrays more than ${limit} levels deep`;

export const tooLarge = (limit: number): string =>
  `1 validation error detected: Value at 'definition' failed to satisfy constraint: ` +
  `Member must have length less than or equal to ${limit}`;

export const expressionTooDeep = 'The expression is nested too deeply';

export const jsonPathMachine =
  "JSONPath is not supported yet: set the field 'QueryLanguage' of the state machine to 'JSONata' (JSONPath is its default)";

export const jsonPathState = (name: string): string =>
  `JSONPath is not supported yet: set the field 'QueryLanguage' of the state '${name}' to 'JSONata'`;

export const iteratorField = "The field 'Iterator' is not supported yet: its present name is 'ItemProcessor'";

export const onlyDistributed = (field: string): string =>
  `The field '${field}' has an effect only where the field 'Mode' of the ProcessorConfig is 'DISTRIBUTED'`;

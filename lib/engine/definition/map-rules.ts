/**
 * What only a Map has: the processor and its mode, and the parts of the Distributed Map (reader, batcher, writer).
 * The states inside the processor are not checked here; lib/engine/definition/validation.ts walks them.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import { anObject, choiceOf, computed, integer, list, path, template, text } from './field-checks.ts';
import { MAX_LABEL_LENGTH } from './limits.ts';
import * as messages from './messages.ts';
import { isDistributed } from './nested-machines.ts';
import { checkObject, type FieldCheck, has, object, type ObjectRule } from './object-rule.ts';
import { member, type Place, report, reportSchema, warn } from './place.ts';

const EXECUTION_TYPES = ['STANDARD', 'EXPRESS'];

const INLINE_CONFIG: ObjectRule = { fields: { Mode: { check: choiceOf(['INLINE', 'DISTRIBUTED']) } } };

const DISTRIBUTED_CONFIG: ObjectRule = {
  fields: { ...INLINE_CONFIG.fields, ExecutionType: { check: choiceOf(EXECUTION_TYPES) } },
  required: ['ExecutionType'],
};

const processorConfig: FieldCheck = (value, place) => {
  const isDistributedConfig = isObject(value) && value['Mode'] === 'DISTRIBUTED';
  checkObject(value, isDistributedConfig ? DISTRIBUTED_CONFIG : INLINE_CONFIG, place);
  if (isDistributedConfig && place.express) reportSchema(member(place, 'Mode'), messages.expressDistributed);
};

/** A branch of a Parallel: a state machine without a query language or a timeout of its own. */
export const BRANCH: ObjectRule = {
  fields: { Comment: { check: text }, StartAt: { check: text }, States: { check: anObject } },
  required: ['States', 'StartAt'],
};

export const PROCESSOR: ObjectRule = {
  fields: { ...BRANCH.fields, ProcessorConfig: { check: processorConfig } },
  required: ['States', 'StartAt'],
};

const READER_ARN = /^arn:[^:]*:states:::s3:(getObject|listObjectsV2)$/;
const WRITER_ARN = /^arn:[^:]*:states:::s3:putObject$/;

function resourceLike(pattern: RegExp): FieldCheck {
  return (value, place) => {
    if (typeof value !== 'string') reportSchema(place, messages.wrongType('STRING'));
    else if (!pattern.test(value) && !value.includes('${')) reportSchema(place, messages.unknownReader);
  };
}

const CSV_FIELDS = ['CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter'];

const READER_CONFIG: ObjectRule = {
  fields: {
    InputType: { check: choiceOf(['CSV', 'JSON', 'JSONL', 'MANIFEST', 'PARQUET']) },
    ManifestType: { check: choiceOf(['ATHENA_DATA', 'S3_INVENTORY']) },
    Transformation: { check: choiceOf(['NONE', 'LOAD_AND_FLATTEN']) },
    CSVHeaderLocation: { check: choiceOf(['FIRST_ROW', 'GIVEN']) },
    CSVHeaders: { check: list(text, { needed: true }) },
    CSVDelimiter: { check: choiceOf(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']) },
    ItemsPointer: { check: text },
    MaxItems: { check: computed(integer({ minimum: 0 })) },
    MaxItemsPath: { check: path, only: 'JSONPath' },
  },
  exclusive: [{ fields: ['MaxItems', 'MaxItemsPath'], needed: false }],
  also: checkCsv,
};

/** "CSVHeaderLocation and CSVHeaders are for CSV only; GIVEN needs the headers." */
function checkCsv(config: JsonObject, place: Place): void {
  if (config['InputType'] === 'CSV') {
    if (!has(config, 'CSVHeaderLocation')) reportSchema(place, messages.csvHeaderLocation);
    if (config['CSVHeaderLocation'] === 'GIVEN' && !has(config, 'CSVHeaders')) {
      reportSchema(place, messages.requiredFields(['CSVHeaders']));
    }
  } else if (config['InputType'] !== 'MANIFEST') {
    for (const name of CSV_FIELDS) if (has(config, name)) reportSchema(place, messages.unsupportedField(name));
  }
}

export const READER: ObjectRule = {
  fields: {
    Resource: { check: resourceLike(READER_ARN) },
    ReaderConfig: { check: object(READER_CONFIG) },
    Arguments: { check: template(), only: 'JSONata' },
    Parameters: { check: template(), only: 'JSONPath' },
  },
  required: ['Resource'],
};

export const BATCHER: ObjectRule = {
  fields: {
    MaxItemsPerBatch: { check: computed(integer({ minimum: 1 })) },
    MaxItemsPerBatchPath: { check: path, only: 'JSONPath' },
    MaxInputBytesPerBatch: { check: computed(integer({ minimum: 1, maximum: 262_144 })) },
    MaxInputBytesPerBatchPath: { check: path, only: 'JSONPath' },
    BatchInput: { check: template() },
  },
  exclusive: [
    { fields: ['MaxItemsPerBatch', 'MaxItemsPerBatchPath'], needed: false },
    { fields: ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath'], needed: false },
  ],
};

const WRITER_CONFIG: ObjectRule = {
  fields: {
    Transformation: { check: choiceOf(['NONE', 'COMPACT', 'FLATTEN']) },
    OutputType: { check: choiceOf(['JSON', 'JSONL']) },
  },
  required: ['Transformation', 'OutputType'],
};

export const WRITER: ObjectRule = {
  fields: {
    Resource: { check: resourceLike(WRITER_ARN) },
    WriterConfig: { check: object(WRITER_CONFIG) },
    Arguments: { check: template(), only: 'JSONata' },
    Parameters: { check: template(), only: 'JSONPath' },
  },
};

const DISTRIBUTED_ONLY = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** What holds between the fields of a Map. */
export function checkMap(state: JsonObject, place: Place): void {
  if (has(state, 'Iterator') && place.language === 'JSONata') {
    report(member(place, 'Iterator'), 'NOT_SUPPORTED_YET', messages.iteratorField);
  }
  if (isDistributed(state['ItemProcessor'] ?? state['Iterator'])) return;
  for (const name of DISTRIBUTED_ONLY) {
    if (has(state, name)) warn(member(place, name), 'INEFFECTIVE_FIELD', messages.onlyDistributed(name));
  }
}

/** "Label: at most 40 characters, unique within the state machine definition." */
export const label: FieldCheck = (value, place) => {
  if (typeof value !== 'string') {
    reportSchema(place, messages.wrongType('STRING'));
    return;
  }
  if (Array.from(value).length > MAX_LABEL_LENGTH) {
    report(place, 'INVALID_LABEL_NAME', messages.longLabel(value, MAX_LABEL_LENGTH));
  }
  if (place.inspection.labels.has(value)) report(place, 'DUPLICATE_LABEL_NAME', messages.duplicateLabel(value));
  place.inspection.labels.add(value);
};

/** Parameters and members of bodies that several routes share. */
import type { JsonObject } from '../model/json.ts';
import type { Parameter, RouteBody } from './route.ts';

export const WORKFLOW: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The workflowId of the Arazzo document.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  example: 'place-order',
};

const RUN_ID: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };

export const RUN: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: "The run's id.",
  schema: RUN_ID,
  example: 'place-order-5f3a9c1e7b42',
};

export const RUN_FILTER: Parameter = {
  name: 'run',
  in: 'query',
  description: 'Only those of this run.',
  schema: RUN_ID,
};

export const STEP: Parameter = {
  name: 'step',
  in: 'path',
  required: true,
  description:
    "The step's path (`outer/inner` for a step of a workflow that a step calls), or its stepId where only one step of the run has it.",
  schema: { type: 'string', minLength: 1, maxLength: 500 },
  example: 'capture-payment',
};

export const LETTER: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: "The letter's id.",
  schema: { type: 'string', pattern: '^[A-Za-z0-9-]{1,100}$' },
  example: '0b5c6f5e-7d1c-4e0e-9a57-3f0f4a3c2b10',
};

export const CALLBACK: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'What the workflow has given to who calls back: 128 bits that nobody guesses.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{22,64}$' },
  example: 'mVfXbN3s1k2Yd0aQe8rTzg',
};

export const SOURCE: Parameter = {
  name: 'source',
  in: 'path',
  required: true,
  description: 'The name of the source description, of type asyncapi.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,100}$' },
  example: 'shipping',
};

export const CHANNEL: Parameter = {
  name: 'channel',
  in: 'path',
  required: true,
  description: 'The name of the channel in its AsyncAPI document.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  example: 'parcelShipped',
};

export const LIMIT: Parameter = {
  name: 'limit',
  in: 'query',
  description: 'At most so many.',
  schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
};

export const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Chosen by who asks, one for each thing that is to be done once. The same request under the same key is the same action; another one under it is refused.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  example: 'order-4711',
};

export const PREFER: Parameter = {
  name: 'Prefer',
  in: 'header',
  description:
    'RFC 7240: `wait=N` waits up to N seconds (at most 25) for the end of the run, where the host can; `Preference-Applied` says that it did.',
  schema: { type: 'string', maxLength: 100 },
  example: 'wait=10',
};

const NOTE: JsonObject = {
  type: 'string',
  minLength: 1,
  maxLength: 1000,
  description: 'Why; the audit trail keeps it.',
};

const VISIT: JsonObject = {
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000,
  description: 'Which passage through the step, where there were several.',
};

/** Of an action that may say why. */
export const NOTED: RouteBody = body({ note: NOTE }, []);

/** Where a person's word stands for what no machine knows, the person says how they know. */
export const EXPLAINED: RouteBody = { ...body({ note: NOTE }, ['note']), example: { note: 'Refunded by hand.' } };

export const SKIPPED: RouteBody = body({ note: NOTE, visit: VISIT }, []);

/** Of a person's answer. */
export const ANSWERED: RouteBody = {
  ...body(
    {
      input: { description: 'What the step asks for, judged by the schema that `waitsFor` of the run view shows.' },
      note: NOTE,
      visit: VISIT,
    },
    [],
  ),
  example: { note: 'A good customer.' },
};

export const RESOLVED: RouteBody = {
  ...body(
    {
      as: {
        enum: ['undone', 'applied', 'ignore'],
        description:
          '`undone`: it is gone, or never was. `applied`: it did happen, undo it. `ignore`: it may stay as it is.',
      },
      note: NOTE,
      visit: VISIT,
    },
    ['as', 'note'],
  ),
  example: { as: 'undone', note: 'Refunded by hand, receipt 88-12.' },
};

export const STARTED: RouteBody = {
  ...body({ input: { description: 'The input of the workflow, judged by its own schema; {} where absent.' } }, []),
  example: { input: { orderId: 'o-1' } },
};

export const RETRIED: RouteBody = {
  ...body(
    {
      input: { description: 'A corrected input; as it was where absent.' },
      description: {
        enum: ['kept', 'current'],
        default: 'kept',
        description: '`current`: the workflow as it is now, instead of as it was when the run began.',
      },
      note: NOTE,
    },
    [],
  ),
  example: { description: 'current', note: 'The criterion is fixed.' },
};

function body(properties: JsonObject, required: readonly string[]): RouteBody {
  return {
    required: required.length > 0,
    schema: { type: 'object', properties, required, additionalProperties: false },
  };
}

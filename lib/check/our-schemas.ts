/** The published schemas (schemas/) as values, by `$id`: what lib/check holds documents against. */
import type { JsonObject } from '../model/json.ts';
import type { Schemas } from './shape.ts';
import arazzo10 from '#schemas/arazzo-1.0.schema.json' with { type: 'json' };
import arazzo11 from '#schemas/arazzo-1.1.schema.json' with { type: 'json' };
import environment from '#schemas/environment.schema.json' with { type: 'json' };
import jsonSchema from '#schemas/json-schema.schema.json' with { type: 'json' };
import xInterlock from '#schemas/x-interlock.schema.json' with { type: 'json' };

// TypeScript infers a type of its own for each file; here they are only JSON.
const all = [arazzo10, arazzo11, environment, jsonSchema, xInterlock] as unknown as readonly JsonObject[];

export const ourSchemas: Schemas = new Map(all.map((schema) => [schema.$id as string, schema]));

/**
 * The parts of an operation: parameters, bodies, responses and what they carry, all references followed and defaults
 * filled in (OpenAPI 3.0.4 section 4.7.12, 3.1.1 section 4.8.12, 3.2.0 section 4.12). A part that several operations
 * share is read once.
 */
import { isObject, type Json } from '../model/json.ts';
import type {
  MediaType,
  OperationBody,
  OperationParameter,
  OperationResponse,
  ParameterStyle,
  ResponseHeader,
} from '../model/openapi.ts';
import { isSequential } from '../model/sequences.ts';
import type { DocumentSet } from './document-set.ts';
import { encodingsOf } from './openapi-encodings.ts';
import type { OpenApiFaults } from './openapi-faults.ts';
import { followed } from './resolve.ts';
import type { SchemaReader } from './schema-reader.ts';
import { child, flagIn, items, members, objectOf, type Spot, textIn } from './spot.ts';

/** What all readers of one OpenAPI document share. */
export interface OpenApiContext {
  readonly documentSet: DocumentSet;
  readonly faults: OpenApiFaults;
  readonly schemas: SchemaReader;
}

type Location = OperationParameter['in'];

const locations: ReadonlySet<string> = new Set<Location>(['path', 'query', 'querystring', 'header', 'cookie']);
const styles: ReadonlySet<string> = new Set<ParameterStyle>([
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
  'cookie',
] as const);

export class OpenApiParts {
  readonly #context: OpenApiContext;
  readonly #parameters = new Map<Json, OperationParameter | undefined>();
  readonly #responses = new Map<Json, Omit<OperationResponse, 'status'> | undefined>();

  constructor(context: OpenApiContext) {
    this.#context = context;
  }

  /** The object that a reference leads to, or the spot itself; undefined (and told) where there is none. */
  target(spot: Spot, wanted: string): Spot | undefined {
    const resolution = followed(this.#context.documentSet, spot);
    if ('problem' in resolution) {
      this.#context.faults.unresolvable(spot.at, textIn(spot, '$ref') ?? '', resolution.problem);
      return undefined;
    }
    if (objectOf(resolution.spot)) return resolution.spot;
    this.#context.faults.member(spot.at, resolution.spot.value, wanted);
    return undefined;
  }

  parameter(spot: Spot): OperationParameter | undefined {
    const target = this.target(spot, 'a parameter');
    return target && remembered(this.#parameters, target.value, () => this.#parameter(target));
  }

  body(spot: Spot): OperationBody | undefined {
    const target = this.target(spot, 'a request body');
    return target && { required: flagIn(target, 'required') ?? false, content: this.#content(target) };
  }

  response(status: string, spot: Spot): OperationResponse | undefined {
    const target = this.target(spot, 'a response');
    const response = target && remembered(this.#responses, target.value, () => this.#response(target));
    return response && { ...response, status };
  }

  #parameter(spot: Spot): OperationParameter | undefined {
    const name = textIn(spot, 'name');
    const location = textIn(spot, 'in');
    if (name === undefined || location === undefined || !locations.has(location)) {
      this.#context.faults.note('OAS007', spot.at, { name, location });
      return undefined;
    }
    const style = styleOf(spot, location as Location);
    const [content] = this.#content(spot);
    const schema = child(spot, 'schema');
    return {
      at: spot.at,
      name,
      in: location as Location,
      required: location === 'path' || (flagIn(spot, 'required') ?? false),
      style,
      explode: flagIn(spot, 'explode') ?? (style === 'form' || style === 'cookie'),
      allowReserved: flagIn(spot, 'allowReserved') ?? false,
      ...(content ? contentOf(content) : schema && { schema: this.#context.schemas.schema(schema) }),
      ...withExample(this.#example(spot) ?? content?.example),
    };
  }

  #response(spot: Spot): Omit<OperationResponse, 'status'> {
    return {
      at: spot.at,
      description: textIn(spot, 'description') ?? '',
      content: this.#content(spot),
      headers: members(child(spot, 'headers')).map(([name, entry]) => this.#header(name, entry)),
    };
  }

  /** Nothing is checked against it: what cannot be followed is left out. */
  #header(name: string, entry: Spot): ResponseHeader {
    const spot = this.#followedQuietly(entry);
    if (!spot) return { name };
    const written = child(spot, 'schema');
    const schema = written && this.#followedQuietly(written)?.value;
    const isWhole = schema !== undefined && isObject(schema) && !JSON.stringify(schema).includes('"$ref"');
    return { name, ...withExample(this.#example(spot)), ...(isWhole && { schema }) };
  }

  #content(spot: Spot): MediaType[] {
    return members(child(spot, 'content')).flatMap(([contentType, entry]) => {
      const target = this.target(entry, 'a media type');
      return target ? [this.#mediaType(contentType, target)] : [];
    });
  }

  #mediaType(contentType: string, spot: Spot): MediaType {
    const schema = child(spot, 'schema');
    const whole = schema && this.#context.schemas.schema(schema);
    const item = isSequential(contentType) ? child(spot, 'itemSchema') : undefined;
    const example = withExample(this.#example(spot, contentType));
    const encodings = encodingsOf(this.#context.documentSet, spot);
    if (!item) return { contentType, ...(whole !== undefined && { schema: whole }), ...example, ...encodings };
    const list = { type: 'array', items: this.#context.schemas.schema(item) };
    const both = whole === undefined ? list : { ...list, allOf: [whole] };
    return { contentType, schema: both, ...example, ...encodings, isSequence: true };
  }

  /** Of a parameter or media type: its own, the first of several, or its schema's. */
  #example(spot: Spot, contentType = ''): Json | undefined {
    const own = child(spot, 'example');
    if (own) return own.value;
    const [first] = members(child(spot, 'examples'));
    const named = first && this.#followedQuietly(first[1]);
    const value = child(named, 'value') ?? child(named, 'dataValue');
    if (value) return value.value;
    return valueOfText(textIn(named, 'serializedValue'), contentType) ?? this.#schemaExample(spot);
  }

  #schemaExample(spot: Spot): Json | undefined {
    const entry = child(spot, 'schema');
    const schema = entry && this.#followedQuietly(entry);
    return (child(schema, 'example') ?? items(child(schema, 'examples'))[0])?.value;
  }

  #followedQuietly(spot: Spot): Spot | undefined {
    const resolution = followed(this.#context.documentSet, spot);
    return 'spot' in resolution ? resolution.spot : undefined;
  }
}

/** JSON is what it says, text itself; what else a text says, as it is sent, nobody reads here. */
function valueOfText(text: string | undefined, contentType: string): Json | undefined {
  if (text === undefined || !/[/+]json\b/.test(contentType)) return contentType.startsWith('text/') ? text : undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function styleOf(spot: Spot, location: Location): ParameterStyle {
  const style = textIn(spot, 'style');
  if (style !== undefined && styles.has(style)) return style as ParameterStyle;
  return location === 'path' || location === 'header' ? 'simple' : 'form';
}

function contentOf({ contentType, schema }: MediaType): { readonly contentType: string; readonly schema?: Json } {
  return { contentType, ...(schema !== undefined && { schema }) };
}

function withExample(example: Json | undefined): { readonly example?: Json } {
  return example === undefined ? {} : { example };
}

function remembered<T>(known: Map<Json, T>, key: Json, read: () => T): T {
  const before = known.get(key);
  if (before !== undefined || known.has(key)) return before as T;
  const value = read();
  known.set(key, value);
  return value;
}

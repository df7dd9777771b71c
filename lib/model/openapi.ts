/**
 * An OpenAPI document as Interlock needs it: operations with their parameters, bodies, answers and security, all
 * `$ref`s followed. Schemas of every version are brought to one dialect (JSON Schema 2020-12, `nullable` turned into
 * a type) and their references point into the document's own `schemas` (`#/$defs/...`), so cycles are harmless.
 */
import type { Place } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { MessageExchange } from './message.ts';

export type FixedMethod = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch' | 'trace' | 'query';

/** One with a field of its own in a path item, or one of its `additionalOperations` (OpenAPI 3.2), as it is sent. */
export type Method = FixedMethod | Uppercase<string>;

export interface OpenApiDocument extends ApiDocument {
  readonly version: '2.0' | '3.0' | '3.1' | '3.2';
}

/** What documents of all kinds have in common that describe a system. */
export interface ApiDocument {
  readonly uri: string;
  readonly title: string;
  readonly servers: readonly Server[];
  readonly operations: readonly Operation[];
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>;
  /** Every schema that an operation refers to, by the name used in `#/$defs/<name>`. */
  readonly schemas: JsonObject;
}

export interface Server {
  readonly url: string;
  readonly variables: { readonly [name: string]: { readonly default: string; readonly enum?: readonly string[] } };
}

export interface Operation {
  readonly at: Place;
  readonly method: Method;
  /** The path template, e.g. /orders/{id}. */
  readonly path: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly deprecated: boolean;
  readonly parameters: readonly OperationParameter[];
  readonly requestBody?: OperationBody;
  readonly responses: readonly OperationResponse[];
  /** Alternatives (OR) of requirements (AND); empty = no security; an empty requirement = optional. */
  readonly security: readonly SecurityRequirement[];
  readonly servers: readonly Server[];
  /** Of an AsyncAPI document: a message is sent or received. */
  readonly message?: MessageExchange;
}

export type SecurityRequirement = { readonly [scheme: string]: readonly string[] };

export type ParameterStyle =
  | 'simple'
  | 'label'
  | 'matrix'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'deepObject'
  | 'cookie';

export interface OperationParameter {
  readonly at: Place;
  readonly name: string;
  readonly in: 'path' | 'query' | 'querystring' | 'header' | 'cookie';
  readonly required: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly schema?: Json;
  /** Serialised as this media type instead of by style (`content`). */
  readonly contentType?: string;
  readonly example?: Json;
}

export interface OperationBody {
  readonly required: boolean;
  readonly content: readonly MediaType[];
}

export interface OperationResponse {
  readonly at: Place;
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description: string;
  readonly content: readonly MediaType[];
  readonly headers: readonly ResponseHeader[];
}

export interface ResponseHeader {
  readonly name: string;
  readonly example?: Json;
  /** Where it stands by itself: references in it are not followed. */
  readonly schema?: JsonObject;
}

export interface MediaType {
  readonly contentType: string;
  readonly schema?: Json;
  /** The first example given, of the media type or of its schema. */
  readonly example?: Json;
  readonly encoding?: JsonObject;
  /** Of the parts at the beginning, and of all others (OpenAPI 3.2). */
  readonly prefixEncoding?: readonly JsonObject[];
  readonly itemEncoding?: JsonObject;
  /** It is a sequence by its `itemSchema` (OpenAPI 3.2): `schema` is that of the list of its items. */
  readonly isSequence?: true;
}

export type SecurityScheme =
  | { readonly type: 'apiKey'; readonly in: 'query' | 'header' | 'cookie'; readonly name: string }
  | { readonly type: 'http'; readonly scheme: string }
  | { readonly type: 'oauth2'; readonly flows: JsonObject; readonly metadataUrl?: string }
  | { readonly type: 'openIdConnect'; readonly url: string }
  | { readonly type: 'mutualTLS' }
  | { readonly type: 'sigv4' };

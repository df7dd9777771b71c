/**
 * What an evaluation may read. Callers leave out what does not exist at their point of the run (no response before the
 * call, no outputs of a step that was not passed): reading it gives "missing" with a reason, never an error.
 * Maps, not objects, where ids are keys. The data is only ever read.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { XPath } from './xpath.ts';

export interface Scope {
  /** The request's full URL. */
  readonly url?: string;
  readonly method?: string;
  readonly statusCode?: number;
  /** The description's own URI. */
  readonly self?: string;
  readonly request?: Message;
  readonly response?: Message;
  readonly message?: Message;
  readonly inputs?: JsonObject;
  /** Of the list that the step is done for, the item that it is done for now. */
  readonly item?: Json;
  readonly interaction?: {
    readonly payload?: Json;
    readonly decision: string;
    readonly actor: string;
    readonly note?: string;
  };
  /** The current workflow's own outputs. */
  readonly outputs?: JsonObject;
  /** Outputs by stepId. */
  readonly steps?: ReadonlyMap<string, JsonObject>;
  readonly workflows?: ReadonlyMap<string, WorkflowScope>;
  /** Fields such as `url` by name; operations and workflows are resolved when planning, not here. */
  readonly sourceDescriptions?: ReadonlyMap<string, JsonObject>;
  readonly components?: JsonObject;
  /** From `loadXPath`; asserted to be there when a value or criterion uses XPath. */
  readonly xpath?: XPath;
}

export interface Message {
  /** By name in any case; a repeated header is joined by the caller. */
  readonly header?: { readonly [name: string]: string };
  readonly query?: JsonObject;
  readonly path?: JsonObject;
  /** Parsed where it is JSON, text otherwise; absent if there is none. */
  readonly body?: Json;
  readonly payload?: Json;
}

export interface WorkflowScope {
  readonly inputs?: JsonObject;
  readonly outputs?: JsonObject;
  readonly steps?: ReadonlyMap<string, JsonObject>;
}

/**
 * An AsyncAPI document as Interlock needs it: channels, each with what it is to send a message there and to receive one
 * from there. Both are operations as those of OpenAPI are: what is sent is the request body, headers and the parameters
 * of the address are parameters; what is received is the one answer.
 */
import type { Place } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { MessageAction } from './message.ts';
import type { ApiDocument, Operation } from './openapi.ts';

export interface AsyncApiDocument extends ApiDocument {
  readonly version: '3.0' | '3.1';
  /** By name. */
  readonly channels: ReadonlyMap<string, Channel>;
  /** By operation id. */
  readonly actions: ReadonlyMap<string, ChannelOperation>;
}

/** What can be done with messages of a channel. */
export interface Exchanges {
  readonly send: Operation;
  readonly receive: Operation;
}

export interface Channel extends Exchanges {
  readonly at: Place;
  readonly name: string;
  readonly messages: readonly ChannelMessage[];
}

/** An operation of the document: its channel, and those of its messages that it is about. */
export interface ChannelOperation extends Exchanges {
  readonly at: Place;
  /** As the document has it, which may be seen from the other side. */
  readonly action: MessageAction;
  readonly channel: string;
}

export interface ChannelMessage {
  readonly name: string;
  readonly contentType: string;
  readonly payload?: Json;
  readonly headers?: Json;
  readonly example?: { readonly headers?: JsonObject; readonly payload?: Json };
}

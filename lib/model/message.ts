/**
 * A message as an AsyncAPI document describes it: over which channel it goes, and where it says whose it is. A channel is
 * read as two operations (lib/model/asyncapi.ts), so that whatever is known of requests holds for messages, too.
 */
export type MessageAction = 'send' | 'receive';

export interface MessageExchange {
  readonly action: MessageAction;
  /** The channel's name in its document. */
  readonly channel: string;
  /** Where it is at its servers, with `{parameters}`; absent: only an environment knows. */
  readonly address?: string;
  /** Of its servers, in lower case, in their order. */
  readonly protocols: readonly string[];
  /** Where its messages carry what tells whose they are: the first place that has a value counts. */
  readonly correlations: readonly CorrelationPlace[];
}

export type CorrelationPlace =
  | { readonly in: 'header'; readonly name: string }
  /** JSON Pointer. */
  | { readonly in: 'payload'; readonly pointer: string };

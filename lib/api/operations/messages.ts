/**
 * Messages for runs that wait: under the id of one that waits, or over a channel. What is answered to who signs and to who
 * does not tells nothing of runs: a message that is kept and one that woke a run are answered alike.
 */
import type { Received } from '../../runtime/incoming.ts';
import { unreachable } from '../../model/assert.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called } from '../ports.ts';
import { problem } from '../problems.ts';

/** Whoever guesses learns nothing: an id that never was and one of somebody else's run answer alike. */
export async function receiveCallback({ path, text, headers }: Called, { callbacks }: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = path;
  return responseTo(await callbacks.receive({ id, body: text, headers }), 'callback-not-found');
}

/** For systems that know nobody here: the signature says who it is. */
export async function receiveWebhook({ path, text, headers }: Called, { callbacks }: ApiPorts): Promise<ApiResponse> {
  const { source = '', channel = '' } = path;
  return responseTo(await callbacks.deliver({ source, channel, body: text, headers }), 'channel-not-found');
}

/** For callers that are known: they need not sign. */
export async function deliverMessage(
  { path, text, headers, actor }: Called,
  { callbacks }: ApiPorts,
): Promise<ApiResponse> {
  const { source = '', channel = '' } = path;
  return responseTo(await callbacks.deliver({ source, channel, body: text, headers, actor }), 'channel-not-found');
}

function responseTo(
  { kind }: Pick<Received, 'kind'>,
  unknown: 'callback-not-found' | 'channel-not-found',
): ApiResponse {
  switch (kind) {
    case 'received':
      return jsonResponse(202, { received: true });
    case 'unknown':
      return problem(
        unknown,
        unknown === 'callback-not-found' ? 'Nothing waits under this id' : 'No workflow receives over it',
      );
    case 'refused':
      return problem('callback-refused', 'Sign the body as it is sent, with the secret that was agreed on');
    case 'over':
      return problem('callback-over', 'What was waited for has come, or nobody waits any more');
    case 'full':
      return problem('service-busy', 'So many messages wait to be taken already', { headers: { 'retry-after': '60' } });
    default:
      return unreachable(kind, 'way to take a message in');
  }
}

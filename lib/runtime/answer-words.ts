/**
 * What became of a request, for people. These sentences hold names, statuses and the server's origin where nothing reached
 * it; never a value of the run.
 */
import { unreachable } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { Verdict } from '../expressions/verdict.ts';
import type { NoAnswer, NotSent } from './ports/http.ts';
import type { ReadResponse } from './request/response.ts';

export function whyAnswered(system: string, response: ReadResponse, verdict: Verdict | undefined): string {
  const answered = response.received ? `a message of ${system} came` : `${system} answered ${response.status}`;
  if (response.unparseable !== undefined) return `${answered}, but ${response.unparseable}`;
  return verdict?.why === undefined ? answered : `${answered}, and the step is no success: ${verdict.why}`;
}

export interface Unanswered {
  readonly system: string;
  readonly url: string;
  readonly timeoutMs: number;
}

export function whyNotAnswered({ why }: NotSent | NoAnswer, { system, url, timeoutMs }: Unanswered): string {
  switch (why) {
    case 'timeout':
      return `${system} gave no answer within ${timeoutMs} ms`;
    case 'too-large':
      return `${system} answered with more than ${DEFAULTS.responseLimitBytes} bytes`;
    case 'malformed':
      return `${system} answered what is no HTTP`;
    case 'reset':
      return `${system} broke the connection off`;
    case 'aborted':
      return `the request to ${system} was broken off`;
    case 'connection-refused':
      return `${system} refuses connections at ${originOf(url)}`;
    case 'unreachable':
      return `${system} cannot be reached at ${originOf(url)}`;
    case 'dns':
      return `the host of ${system} has no address: ${originOf(url)}`;
    case 'connect-timeout':
      return `${system} did not accept a connection in time at ${originOf(url)}`;
    case 'tls':
      return `there is no secure connection to ${system} at ${originOf(url)} (TLS)`;
    case 'invalid-request':
      return `the request to ${system} at ${originOf(url)} is not one that HTTP allows (a header, or a port like 1)`;
    default:
      return unreachable(why, 'reason for no answer');
  }
}

/** Not the path, which may hold values of the run, nor a user's name. */
function originOf(url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'no URL';
  // The place of a channel that is none of HTTP: a queue, a topic.
  return origin === 'null' ? url : origin;
}

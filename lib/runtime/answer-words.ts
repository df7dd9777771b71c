/** What became of a request, for people. These sentences hold names and statuses, never a value of the run. */
import { unreachable } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { Verdict } from '../expressions/verdict.ts';
import type { NoAnswer, NotSent } from './ports/http.ts';
import type { ReadResponse } from './request/response.ts';

export function whyAnswered(system: string, response: ReadResponse, verdict: Verdict | undefined): string {
  const answered = `${system} answered ${response.status}`;
  if (response.unparseable !== undefined) return `${answered}, but ${response.unparseable}`;
  return verdict?.why === undefined ? answered : `${answered}, and the step is no success: ${verdict.why}`;
}

export function whyNotAnswered(system: string, { why }: NotSent | NoAnswer, timeoutMs: number): string {
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
      return `${system} refuses connections`;
    case 'unreachable':
      return `${system} cannot be reached`;
    case 'dns':
      return `the host of ${system} has no address`;
    case 'connect-timeout':
      return `${system} did not accept a connection in time`;
    case 'tls':
      return `there is no secure connection to ${system} (TLS)`;
    case 'invalid-request':
      return `the request to ${system} cannot be written as HTTP`;
    default:
      return unreachable(why, 'reason for no answer');
  }
}

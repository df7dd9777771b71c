/**
 * A redirect is followed where that can do no harm: of a request that only reads, a few times, within the time of the
 * attempt. At another origin nothing of the request is said but what it accepts: no credential, no header, no cookie, no
 * certificate. There it takes TLS on both sides and a host with a name, so that no system can lead us to what only this
 * machine or network can reach by its address. A redirect that the operation documents is its answer, and is not followed.
 */
import type { PlanOperation } from '../../model/plan.ts';
import type { HttpAnswer, HttpRequest } from '../ports/http.ts';

export const MAX_REDIRECTS = 5;

const REDIRECTING: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What is no credential and may be of use to whoever answers. */
const SAID_TO_ALL: ReadonlySet<string> = new Set(['accept', 'accept-language', 'traceparent']);

export interface Onward {
  readonly request: HttpRequest;
  /** Of the same origin, so that what signs the request may sign it again. */
  readonly same: boolean;
}

/** Undefined: the answer is what it is. */
export function redirected(request: HttpRequest, answer: HttpAnswer, operation: PlanOperation): Onward | undefined {
  if (answer.kind !== 'response' || !REDIRECTING.has(answer.status) || !READING.has(request.method)) return undefined;
  if (isDocumented(answer.status, operation)) return undefined;
  const location = answer.headers.find(([name]) => name === 'location')?.[1];
  const from = new URL(request.url);
  const to = location === undefined ? null : URL.parse(location, from);
  if (!to || !/^https?:$/.test(to.protocol) || to.username !== '' || to.password !== '') return undefined;
  // A fragment is nobody's business but the reader's.
  to.hash = '';
  if (to.origin === from.origin) return { request: { ...request, url: to.href }, same: true };
  if (from.protocol !== 'https:' || to.protocol !== 'https:' || isAddress(to.hostname)) return undefined;
  const headers = request.headers.filter(([name]) => SAID_TO_ALL.has(name.toLowerCase()));
  return { request: { method: request.method, url: to.href, headers }, same: false };
}

function isDocumented(status: number, { responses }: PlanOperation): boolean {
  return responses.some((one) => one.status === String(status) || one.status === '3XX');
}

/** Also names that never leave this machine or its network. */
function isAddress(hostname: string): boolean {
  return (
    /^\[|^[\d.]+$/.test(hostname) || !hostname.includes('.') || /\.(?:localhost|local|internal)\.?$/.test(hostname)
  );
}

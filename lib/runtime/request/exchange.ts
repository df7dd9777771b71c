/**
 * One attempt on the wire: signed where its system wants that, and followed where it is led on (redirects.ts), all within
 * the time of the attempt. Each hop is signed anew; another origin gets no signature.
 */
import type { PlanOperation } from '../../model/plan.ts';
import type { Clock } from '../../model/time.ts';
import { type Signing, signedForAws } from '../auth/sigv4.ts';
import type { Http, HttpAnswer, HttpLimits, HttpRequest, HttpResponse } from '../ports/http.ts';
import { MAX_REDIRECTS, redirected } from './redirects.ts';

export interface Exchange {
  readonly request: HttpRequest;
  readonly signing?: Signing;
  readonly operation: PlanOperation;
  /** The step wants this very answer, redirect or not. */
  readonly isWanted: (answer: HttpResponse) => boolean;
}

export async function exchange(
  { request, signing, operation, isWanted }: Exchange,
  { http, clock }: { readonly http: Http; readonly clock: Clock },
  limits: HttpLimits,
): Promise<HttpAnswer> {
  const until = clock.now() + limits.timeoutMs;
  let sending = request;
  let signs = signing;
  for (let hops = 0; ; hops += 1) {
    const now = clock.now();
    const left = hops === 0 ? limits : { ...limits, timeoutMs: Math.max(1, until - now) };
    const answer = await http.send(signs ? await signedForAws(sending, signs, now) : sending, left);
    const onward = hops < MAX_REDIRECTS ? redirected(sending, answer, operation) : undefined;
    if (!onward || answer.kind !== 'response' || isWanted(answer)) return answer;
    sending = onward.request;
    signs = onward.same ? signs : undefined;
  }
}

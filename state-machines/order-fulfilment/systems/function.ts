/**
 * A demo system as a function behind a URL: the very server of the demo process, started on loopback inside the function,
 * with a log of calls (call-log.ts) in place of a process that stays. Before each call the server is given the calls that
 * other functions have taken meanwhile, each at its own time, so that all of them have one state. The back door of the
 * demo is closed: a URL is for everybody.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/model/time.ts';
import { type CallLog, type LoggedCall, MOST_CALLS } from './call-log.ts';
import type { Credentials } from './credentials.ts';
import { answerOf, Problem } from './problem.ts';
import { type Answer, match } from './router.ts';
import { startServer } from './server.ts';
import { createSystem } from './start.ts';
import type { System, SystemName } from './system.ts';

/** What a function URL hands over (payload version 2.0), as far as it is looked at. */
export interface UrlEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** In lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface SystemFunction {
  handle(event: UrlEvent): Promise<UrlAnswer>;
  stop(): Promise<void>;
}

export interface SystemFunctionOptions {
  readonly name: SystemName;
  readonly credentials: Credentials;
  readonly log: CallLog;
  readonly now: () => number;
}

const KEPT_HEADERS = ['content-type', 'idempotency-key'];
const CREDENTIAL_HEADERS = ['authorization', 'x-api-key'];
const REPLAYED = 'x-replayed';
const MAX_TRIES = 25;

export async function startFunction({ name, credentials, log, now }: SystemFunctionOptions): Promise<SystemFunction> {
  const clock = new LoggedTime(now);
  const system = createSystem(name, { clock, credentials });
  const pass = randomUUID();
  const server = await startServer(lettingIn(system, pass), { port: 0, clock, latencyMs: 0 });
  let done = 0;

  const again = async (call: LoggedCall): Promise<UrlAnswer> => {
    done += 1;
    return await clock.at(call.at, () => send(server.url, call, { [REPLAYED]: pass }));
  };
  const catchUp = async (): Promise<void> => {
    for (const call of await log.from(done)) await again(call);
  };
  const take = async (event: UrlEvent): Promise<UrlAnswer> => {
    const call = callOf(event, now());
    if (event.rawPath.startsWith('/__'))
      return refusal(new Problem(404, 'unknown-route', 'There is no such path here.'));
    await catchUp();
    if (!changes(system, event)) return await send(server.url, call, headersIn(event, CREDENTIAL_HEADERS));
    for (let tried = 1; tried <= MAX_TRIES; tried += 1) {
      if (done >= MOST_CALLS) break;
      if (await log.append(done, call)) return await again(call);
      await catchUp();
    }
    return refusal(new Problem(507, 'insufficient-storage', `The demo keeps ${MOST_CALLS} calls; put it up anew.`));
  };
  // One after another, as Lambda gives them: the log is caught up with by one at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    handle: (event) => {
      const answer = last.then(() => take(event));
      last = answer.catch(() => undefined);
      return answer;
    },
    stop: () => server.stop(),
  };
}

/** Whatever may change the system and is let in; what is refused by its form is refused each time alike. */
function changes(system: System, { requestContext: { http }, rawPath, headers }: UrlEvent): boolean {
  if (http.method === 'GET') return false;
  try {
    const { route } = match(system.routes, http.method, rawPath);
    if (route.open === true) return false;
    system.guard.admit({ ...headers }, route.scope);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** A call that was let in once is let in again: its credentials are not kept. */
function lettingIn(system: System, pass: string): System {
  const admit: System['guard']['admit'] = (headers, scope) => {
    if (headers[REPLAYED] !== pass) system.guard.admit(headers, scope);
  };
  return { ...system, guard: { admit } };
}

function callOf(event: UrlEvent, at: number): LoggedCall {
  const { rawPath, rawQueryString, requestContext, body = '', isBase64Encoded = false } = event;
  return {
    at,
    method: requestContext.http.method,
    path: rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`,
    headers: headersIn(event, KEPT_HEADERS),
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}

function headersIn({ headers }: UrlEvent, names: readonly string[]): LoggedCall['headers'] {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

async function send(server: string, call: LoggedCall, more: LoggedCall['headers']): Promise<UrlAnswer> {
  const { method, path, headers, body } = call;
  const content = body === '' ? {} : { body };
  const answer = await fetch(`${server}${path}`, { method, headers: { ...headers, ...more }, ...content });
  const passed = [...answer.headers].filter(
    ([name]) => !['connection', 'date', 'keep-alive', 'transfer-encoding'].includes(name),
  );
  return { statusCode: answer.status, headers: Object.fromEntries(passed), body: await answer.text() };
}

function refusal(problem: Problem): UrlAnswer {
  const { status, headers = {}, body }: Answer = answerOf(problem);
  return { statusCode: status, headers, body: JSON.stringify(body) };
}

/** The time at which a call is done, or was. */
class LoggedTime implements Clock {
  private readonly real: () => number;
  private set: number | undefined;

  constructor(real: () => number) {
    this.real = real;
  }

  now(): number {
    return this.set ?? this.real();
  }

  /** The demo's functions delay nothing: no latency, no faults. */
  after(_delayMs: number, callback: () => void): { cancel: () => void } {
    callback();
    return { cancel: () => undefined };
  }

  async at<T>(time: number, work: () => Promise<T>): Promise<T> {
    this.set = time;
    try {
      return await work();
    } finally {
      this.set = undefined;
    }
  }
}

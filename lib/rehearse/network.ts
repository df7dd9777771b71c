/**
 * The HTTP port of a rehearsal: requests travel to the systems in virtual time, and meet the faults of the weather on the
 * way. What becomes of the effect and what the caller sees go their own ways, as in the world: an effect lands although
 * its caller is gone, and late ones land until the grace is over, never after it.
 */
import { isSafeMethod } from '../model/methods.ts';
import type { Clock } from '../model/time.ts';
import type { Http, HttpAnswer, HttpLimits, HttpRequest, HttpResponse } from '../runtime/ports/http.ts';
import { delay } from '../runtime/retry.ts';
import type { Chance } from './chance.ts';
import type { Prelude } from './prelude.ts';
import type { Landing, RehearsedSystems } from './systems.ts';
import { NETWORK_FAULTS, type NetworkFault, type Weather } from './weather.ts';

export interface NetworkOptions {
  readonly systems: RehearsedSystems;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Weather;
  /** How long after its time an operation's effect may still land: what the description promises. */
  readonly graceOf: (operation: string) => number;
  readonly prelude: Pick<Prelude, 'sendsOff'>;
}

export interface Sent {
  readonly at: number;
  readonly operation: string;
  readonly fault?: NetworkFault;
  readonly request: HttpRequest;
  /** What the caller saw; absent while it waits. */
  answered?: { readonly at: number; readonly answer: HttpAnswer };
}

interface Asked {
  readonly request: HttpRequest;
  readonly caller: string | undefined;
}

/** When the effect lands, and what the caller sees when. Times are milliseconds from now. */
interface Course {
  /** Undefined: it never does. */
  readonly landsAfter: number | undefined;
  readonly landing?: Landing;
  readonly answerAfter: number;
  /** Absent: the true answer. */
  readonly answer?: HttpAnswer;
  /** Its body ends in the middle. */
  readonly isCut?: true;
}

interface Journey {
  /** To the system, and there and back. */
  readonly there: number;
  readonly back: number;
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly url: string;
}

export class Network implements Http {
  /** Every request, in order. */
  readonly sent: Sent[] = [];
  /** Effects that are still on their way. */
  underWay = 0;
  private readonly options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  /** The same network, for requests of one step. */
  from(caller: string): Http {
    return { send: (request, limits) => this.send(request, limits, caller) };
  }

  async send(request: HttpRequest, { timeoutMs }: HttpLimits, caller?: string): Promise<HttpAnswer> {
    const { systems, clock, chance, graceOf } = this.options;
    const operation = systems.operationOf(request);
    const fault = operation === undefined ? undefined : this.faultOf(operation, request);
    const sent: Sent = { at: clock.now(), operation: operation ?? '', request, ...(fault !== undefined && { fault }) };
    if (operation !== undefined) this.sent.push(sent);
    const journey: Journey = {
      there: chance.between(`way to ${operation}`, 1, 30),
      back: chance.between(`way from ${operation}`, 1, 30),
      timeoutMs,
      graceMs: operation === undefined ? 0 : graceOf(operation),
      url: request.url,
    };
    const answer = await this.travel({ request, caller }, courseOf(fault, journey, chance), timeoutMs);
    sent.answered = { at: clock.now(), answer };
    return answer;
  }

  private faultOf(operation: string, request: HttpRequest): NetworkFault | undefined {
    const { chance, weather, systems } = this.options;
    const lasting = chance.lasting(operation);
    if (lasting !== undefined) return lasting;
    const met = { isSafe: isSafeMethod(request.method), hasOdd: systems.hasOdd?.(request) ?? true };
    return NETWORK_FAULTS.find(
      (fault) => chance.offers(fault, met) && chance.fires(`${fault} at ${operation}`, weather[fault]),
    );
  }

  private async travel(asked: Asked, course: Course, timeoutMs: number): Promise<HttpAnswer> {
    const landed = course.landsAfter === undefined ? undefined : this.landLater(asked, course);
    await delay(this.options.clock, Math.min(course.answerAfter, timeoutMs));
    if (course.answerAfter > timeoutMs) return { kind: 'no-answer', why: 'timeout' };
    const answer = course.answer ?? (await landed);
    if (answer === undefined) return { kind: 'no-answer', why: 'reset' };
    return course.isCut === true && answer.kind === 'response' ? cut(answer) : answer;
  }

  private async landLater(
    { request, caller }: Asked,
    { landsAfter = 0, landing = 'well' }: Course,
  ): Promise<HttpResponse> {
    const arrived = this.options.prelude.sendsOff();
    this.underWay += 1;
    await delay(this.options.clock, landsAfter);
    this.underWay -= 1;
    arrived();
    return this.options.systems.land(request, landing, caller);
  }
}

function courseOf(fault: NetworkFault | undefined, journey: Journey, chance: Chance): Course {
  const well: Course = { landsAfter: journey.there, answerAfter: journey.there + journey.back };
  return fault === undefined ? well : { ...well, ...COURSES[fault](journey, chance) };
}

const NO_EFFECT = { landsAfter: undefined };

const COURSES: { readonly [F in NetworkFault]: (journey: Journey, chance: Chance) => Partial<Course> } = {
  slow: ({ timeoutMs }, chance) => ({
    landsAfter: chance.between('slow effect', 0, timeoutMs - 1),
    answerAfter: timeoutMs - 1 + chance.between('slow answer', 0, 1),
  }),
  'not-sent': () => ({ ...NO_EFFECT, answer: { kind: 'not-sent', why: 'connection-refused' } }),
  'turned-away': ({ url }, chance) => ({
    ...NO_EFFECT,
    answer: said(url, chance.pick('turned away', [401, 403])),
  }),
  throttled: ({ url }, chance) => ({ ...NO_EFFECT, answer: said(url, 429, retryAfter(chance)) }),
  'error-before': ({ url }, chance) => ({ ...NO_EFFECT, answer: said(url, 503, retryAfter(chance)) }),
  'error-after': ({ url }) => ({ answer: said(url, 500) }),
  'error-late': ({ url, there, timeoutMs, graceMs }, chance) => ({
    landsAfter: chance.between('late effect', there, timeoutMs + graceMs - 1),
    answer: said(url, 502),
  }),
  'lost-before': ({ timeoutMs }) => ({ ...NO_EFFECT, answerAfter: timeoutMs + 1 }),
  'lost-after': ({ timeoutMs }) => ({ answerAfter: timeoutMs + 1 }),
  late: ({ timeoutMs, graceMs }, chance) => ({
    landsAfter: chance.between('late effect', timeoutMs, Math.max(timeoutMs, timeoutMs + graceMs - 1)),
    answerAfter: timeoutMs + 1,
  }),
  reset: () => ({ answer: { kind: 'no-answer', why: 'reset' } }),
  malformed: () => ({ isCut: true }),
  refused: () => ({ landing: 'refused' }),
  odd: () => ({ landing: 'odd' }),
};

/** With the status that the system gave: who looks at that alone is not warned by another. */
function cut({ headers, ...answer }: HttpResponse): HttpResponse {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'content-type');
  const json = ['content-type', 'application/json'] as const;
  return { ...answer, headers: [json, ...others], body: new TextEncoder().encode('{"half":') };
}

function retryAfter(chance: Chance): readonly (readonly [string, string])[] {
  return chance.number('retry after') < 0.3 ? [['retry-after', '1']] : [];
}

function said(url: string, status: number, headers: HttpResponse['headers'] = []): HttpResponse {
  const body = new TextEncoder().encode(JSON.stringify({ title: 'A fault of the rehearsal', status }));
  return { kind: 'response', status, headers: [['content-type', 'application/json'], ...headers], body, url };
}

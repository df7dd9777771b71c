/**
 * Simulated systems with books: what a plan's steps made, what its undos took back, and who asked twice. An idempotency
 * key is honoured where the description declares it, for as long as it declares; without one every request that lands is
 * another effect. Undos and probes find effects as they name them (answer-book.ts). Nothing here knows what a caller
 * believes: that is why it can be held against it.
 */
import { own } from '../model/json.ts';
import type { PlanCall, PlanStep } from '../model/plan.ts';
import type { HttpRequest, HttpResponse } from '../runtime/ports/http.ts';
import { type AnswerBook, type BookedSide, type BookedStep, bodyOf, decoded, echoed } from './answer-book.ts';
import { answerText } from './answer-text.ts';
import { mapLeaves, textsOf } from './json-leaves.ts';
import type { SimulatedAnswer } from './simulated-answer.ts';
import { simulatedServer } from './simulated-http.ts';
import type { Plan } from '../model/plan.ts';

/** `refused`: for a reason of its own, which it keeps to under a key. `odd`: done, and answered as nobody wants it. */
export type Landing = 'well' | 'refused' | 'odd';

interface Mark {
  readonly at: number;
  readonly operation: string;
}

interface Effect {
  readonly id: string;
  readonly operation: string;
  readonly at: number;
  readonly key: string | undefined;
  readonly undone: readonly Mark[];
  readonly step: string;
  /** What names it: by these texts the systems know it again. */
  readonly ids: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
  readonly place: string;
}

interface Route {
  readonly host: string;
  readonly method: string;
  readonly path: RegExp;
  /** `<system>.<operationId>` */
  readonly name: string;
  readonly steps: readonly BookedStep[];
  readonly sides: readonly BookedSide[];
}

/** Everything that does not change from run to run. */
export class SystemRoutes {
  private readonly routes: readonly Route[];
  private readonly found = new Map<string, Route | undefined>();

  constructor(plan: Plan, book: AnswerBook) {
    this.routes = Object.values(plan.operations).map(({ key, system, operationId, method, path }) => ({
      host: new URL(simulatedServer(system)).host,
      method: method.toUpperCase(),
      path: patternOf(path),
      name: `${system}.${operationId}`,
      steps: book.steps.filter(({ call }) => call.operation === key),
      sides: book.sides.filter(({ call }) => call.operation === key),
    }));
  }

  of({ method, url }: HttpRequest): Route | undefined {
    const { host, pathname } = new URL(url);
    const name = `${method} ${host}${pathname}`;
    if (this.found.has(name)) return this.found.get(name);
    const fitting = this.routes.filter(
      (route) => route.method === method && route.host === host && route.path.test(pathname),
    );
    const route = fitting.toSorted((one, other) => other.path.source.length - one.path.source.length)[0];
    if (this.found.size < MOST_REMEMBERED) this.found.set(name, route);
    return route;
  }
}

const MOST_REMEMBERED = 10_000;

function patternOf(path: string): RegExp {
  const parts = path.split(/(\{[^}]*\})/).map((part) => (part.startsWith('{') ? '[^/]+' : escaped(part)));
  return new RegExp(`^${parts.join('')}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

interface Kept {
  readonly until: number;
  readonly answer: HttpResponse;
}

/** Everything that systems know; nothing in it is ever changed. */
export interface Books {
  readonly made: readonly Effect[];
  readonly lost: readonly Mark[];
  readonly kept: ReadonlyMap<string, Kept>;
}

export class EffectSystems {
  private readonly made: Effect[] = [];
  private readonly lost: Mark[] = [];
  private readonly kept = new Map<string, Kept>();
  private readonly routes: SystemRoutes;
  private readonly now: () => number;

  constructor(routes: SystemRoutes, now: () => number) {
    this.routes = routes;
    this.now = now;
  }

  operationOf(request: HttpRequest): string | undefined {
    return this.routes.of(request)?.name;
  }

  /** Whether it can be done and answered as nobody wants it. */
  hasOdd(request: HttpRequest): boolean {
    const route = this.routes.of(request);
    return [...(route?.steps ?? []), ...(route?.sides ?? [])].some(({ odd }) => odd !== undefined);
  }

  effects(): readonly Effect[] {
    return this.made;
  }

  astray(): readonly Mark[] {
    return this.lost;
  }

  takeBack(id: string): void {
    const effect = this.made.find((one) => one.id === id);
    if (effect) this.mark(effect, { at: this.now(), operation: 'by hand' });
  }

  /** The books, for systems of the same routes to go on from. */
  memory(): Books {
    return { made: [...this.made], lost: [...this.lost], kept: new Map(this.kept) };
  }

  recall({ made, lost, kept }: Books): void {
    this.made.splice(0, this.made.length, ...made);
    this.lost.splice(0, this.lost.length, ...lost);
    this.kept.clear();
    for (const [name, one] of kept) this.kept.set(name, one);
  }

  /** `caller`: of several calls of one operation the one that is meant. */
  land(request: HttpRequest, how: Landing, caller?: string): HttpResponse {
    const route = this.routes.of(request);
    if (!route) return answered(request.url, { status: 404, headers: {} });
    const texts = textsOfRequest(request);
    const known = route.steps.find(({ call }) => call.path === caller);
    const chosen = known ?? this.chosen(route, texts);
    if (!chosen) return answered(request.url, { status: 200, headers: {} });
    const { call } = chosen;
    const key = call.effect === 'safe' ? undefined : keyIn(request, call);
    const name = key === undefined ? '' : `${route.name} ${key}`;
    const before = this.kept.get(name);
    if (before && before.until > this.now()) return before.answer;
    const answer = answered(request.url, this.answer({ request, route, texts, chosen, key, how }));
    if (key !== undefined) this.kept.set(name, { answer, until: this.now() + (call.idempotency?.retentionMs ?? 0) });
    return answer;
  }

  /** Calls of several steps may share an operation: then the one is meant that names something that was made. */
  private chosen(route: Route, texts: readonly string[]): BookedStep | BookedSide | undefined {
    const likely = chosenCall(route, texts);
    if (!likely || 'ids' in likely || likely.kind === 'fallback') return likely;
    const alike = route.sides.filter(({ kind }) => kind === likely.kind);
    return alike.find((side) => this.named(side, texts).length > 0) ?? likely;
  }

  private answer(landed: Landed): SimulatedAnswer {
    const { chosen, how } = landed;
    if (how === 'refused' && chosen.call.effect !== 'safe') return REFUSED;
    if ('ids' in chosen) return this.make(landed, chosen);
    if (chosen.kind === 'undo') return this.undo(landed, chosen);
    return chosen.kind === 'probe' ? this.find(landed, chosen) : chosen.good;
  }

  /** What is put at one place is there once, however often it is put. */
  private make({ request, route, texts, key, how }: Landed, booked: BookedStep): SimulatedAnswer {
    const { call, good, odd } = booked;
    const plain = how === 'odd' ? (odd ?? good) : good;
    const answer = booked.each ? echoed(plain, booked.texts, texts) : plain;
    if (call.effect === 'safe') return how === 'refused' ? REFUSED : answer;
    const place = placeOf(request, call);
    const standing = place === '' ? undefined : this.made.find((one) => one.place === place && isStanding(one));
    const number = this.made.length + 1;
    const ids = standing?.ids ?? new Map(booked.ids.map((id) => [id, idLike(id, number)]));
    if (!standing) {
      const id = `${call.path}-${number}`;
      const facts = { id, operation: route.name, at: this.now(), key: key ?? sentKey(request, call), undone: [] };
      this.made.push({ ...facts, step: call.path, ids, texts, place });
    }
    return withIds(answer, ids);
  }

  private find({ texts }: Landed, side: BookedSide): SimulatedAnswer {
    const [found] = this.named(side, texts).filter(isStanding);
    return found ? withIds(side.good, found.ids) : (side.nothing ?? side.good);
  }

  private undo({ request, route, texts, how }: Landed, side: BookedSide): SimulatedAnswer {
    const named = this.named(side, texts);
    const mark = { at: this.now(), operation: route.name };
    const isRepeatable = placeOf(request, side.call) !== '';
    const good = how === 'odd' ? (side.odd ?? side.good) : side.good;
    if (named.length === 0) return this.missed(side.step, mark, good);
    if (!side.isLast) return good;
    const gone = named.filter((one) => isStanding(one) || !(isRepeatable || side.naming === 'key'));
    for (const effect of gone) this.mark(effect, mark);
    return good;
  }

  private mark(effect: Effect, mark: Mark): void {
    this.made[this.made.indexOf(effect)] = { ...effect, undone: [...effect.undone, mark] };
  }

  /** An undo that is declared safe for doubt may find nothing; every other one that does is astray. */
  private missed({ undo }: PlanStep, mark: Mark, good: SimulatedAnswer): SimulatedAnswer {
    if (undo?.kind === 'calls' && undo.whenInDoubt === 'undo') return good;
    this.lost.push(mark);
    return { status: 404, headers: {} };
  }

  private named(side: BookedSide, texts: readonly string[]): readonly Effect[] {
    const own = this.made.filter(({ step }) => step === side.step.path);
    switch (side.naming) {
      case 'key':
        return own.filter(({ key }) => key !== undefined && texts.includes(key));
      case 'id':
        return own.filter(({ ids }) => [...ids.values()].some((id) => texts.includes(id)));
      case 'values':
        return own.filter((effect) => side.texts.every((text, at) => isShared(effect, text, texts[at])));
      case 'nothing':
        return own.slice(-1);
    }
  }
}

interface Landed {
  readonly request: HttpRequest;
  readonly route: Route;
  readonly texts: readonly string[];
  readonly chosen: BookedStep | BookedSide;
  /** Honoured. */
  readonly key: string | undefined;
  readonly how: Landing;
}

const REFUSED: SimulatedAnswer = { status: 422, headers: {}, contentType: 'application/json', body: { title: 'no' } };

function isStanding({ undone }: Effect): boolean {
  return undone.length === 0;
}

/** A text that both the step's request and the looking one had in a good run has to be the same here. */
function isShared({ texts }: Effect, booked: string, given: string | undefined): boolean {
  return !texts.includes(booked) || (given !== undefined && texts.includes(given));
}

/** Of several calls of one operation the one whose request was most like this one. */
function chosenCall({ steps, sides }: Route, texts: readonly string[]): BookedStep | BookedSide | undefined {
  const all: readonly (BookedStep | BookedSide)[] = [...steps, ...sides];
  if (all.length < 2) return all[0];
  const likeness = (one: BookedStep | BookedSide): number => one.texts.filter((text) => texts.includes(text)).length;
  return all.toSorted((one, other) => likeness(other) - likeness(one))[0];
}

/** Where it is put: made again, it is there once. A request that is repeatable by its nature is known by all that it says. */
function placeOf({ method, url, body }: HttpRequest, { effect, idempotency }: PlanCall): string {
  if (method === 'PUT' || method === 'DELETE') return url;
  const isNatural = effect === 'idempotent' && !idempotency;
  return isNatural ? `${method} ${url} ${body === undefined ? '' : new TextDecoder().decode(body)}` : '';
}

/** A declared one: others are sent, too, and no system promises anything for them. */
function keyIn(request: HttpRequest, call: PlanCall): string | undefined {
  return call.idempotency ? sentKey(request, call) : undefined;
}

function sentKey({ headers, body }: HttpRequest, { idempotency }: PlanCall): string | undefined {
  const { header = 'Idempotency-Key', field } = idempotency ?? {};
  if (field !== undefined) {
    let at: unknown = bodyOf(body);
    for (const token of field.split('/').slice(1))
      at = typeof at === 'object' && at !== null ? own(at as { readonly [name: string]: unknown }, token) : undefined;
    return typeof at === 'string' ? at : undefined;
  }
  return headers.find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1];
}

function textsOfRequest({ url, body }: HttpRequest): readonly string[] {
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/').filter((one) => one !== '');
  return [...segments.map(decoded), ...searchParams.values(), ...textsOf(bodyOf(body))];
}

/** As the document's own looks, with the effect's number in it. */
function idLike(id: string, number: number): string {
  if (/^-?\d+$/.test(id)) return String(Number(id) + number - 1);
  if (number === 1) return id;
  // A document may rule what its ids look like: as many digits, counted on.
  const [, head, digits] = /^(.*?[^\d-])(\d{1,15})$/.exec(id) ?? [];
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  if (!isUuid && head !== undefined && digits !== undefined)
    return `${head}${String(Number(digits) + number - 1).padStart(digits.length, '0')}`;
  return isUuid ? `${id.slice(0, 28)}${number.toString(16).padStart(8, '0')}` : `${id}-${number}`;
}

function withIds(answer: SimulatedAnswer, ids: ReadonlyMap<string, string>): SimulatedAnswer {
  if (answer.body === undefined || ids.size === 0) return answer;
  const body = mapLeaves(answer.body, (leaf) => {
    const other = leaf === null ? undefined : ids.get(String(leaf));
    if (other === undefined) return leaf;
    return typeof leaf === 'number' ? Number(other) : other;
  });
  return { ...answer, body };
}

const EMPTY = new Uint8Array();
const encoder = new TextEncoder();
const encoded = new WeakMap<object, Uint8Array>();

function answered(url: string, { status, contentType, headers, body }: SimulatedAnswer): HttpResponse {
  const type = contentType === undefined ? [] : [['content-type', contentType] as const];
  const more = Object.entries(headers).filter(([name]) => name !== 'content-type');
  return { kind: 'response', status, headers: [...type, ...more], body: bytesOf(contentType ?? '', body), url };
}

function bytesOf(contentType: string, body: SimulatedAnswer['body']): Uint8Array {
  if (body === undefined) return EMPTY;
  const known = typeof body === 'object' && body !== null ? encoded.get(body) : undefined;
  const bytes = known ?? encoder.encode(answerText(contentType, body));
  if (!known && typeof body === 'object' && body !== null) encoded.set(body, bytes);
  return bytes;
}

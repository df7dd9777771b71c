/**
 * What simulated systems answer to each call of a plan, worked out once before any run: the documented answer, brought to
 * what the call's criteria ask for, along the way that a good run takes. How a call names the effect that it undoes or
 * looks for (by the key it was made with, by an id that the answer gave, by other values) is found by building it with
 * values that can be recognised. What cannot be made stands in `notes`, so that nobody takes it for the workflow's fault.
 */
import { type Json, type JsonObject, own } from '../model/json.ts';
import type { ApiDocument } from '../model/openapi.ts';
import type { Plan, PlanCall, PlanProbe, PlanStep } from '../model/plan.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { Scope } from '../expressions/scope.ts';
import { Evaluation } from '../runtime/evaluation.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import { buildRequest, type PreparedRequest } from '../runtime/request/build.ts';
import { xmlWriter } from '../runtime/request/xml-text.ts';
import { outputsIn } from '../runtime/step-outputs.ts';
import { languagesFor } from '../runtime/passage.ts';
import type { XPath } from '../expressions/xpath.ts';
import { type Chosen, chosenAnswer, type Unmet } from './chosen-answer.ts';
import { type Demands, demandsOf } from './demands.ts';
import { fitted, isFit, unfitted } from './fitted-answer.ts';
import { emptied, leavesOf, mapLeaves, textsOf } from './json-leaves.ts';
import { scopeWith, type SimulatedAnswer } from './simulated-answer.ts';
import { messageAnswer } from './simulated-messages.ts';
import { showing, unshown } from './shown-outputs.ts';
import { stepsInOrder } from './stated-order.ts';

export interface BookOptions {
  readonly plan: Plan;
  readonly documents: ReadonlyMap<string, ApiDocument>;
  readonly environments: Environments;
  /** With its defaults. */
  readonly input: Json;
}

/** How a request names an effect. */
export type Naming = 'key' | 'id' | 'values' | 'nothing';

export interface BookedCall {
  readonly call: PlanCall;
  readonly good: SimulatedAnswer;
  /** It did what it does, and nobody wants the answer; absent where every 2xx is wanted. */
  readonly odd?: SimulatedAnswer;
  /** Of the request as it was built, to tell calls of one operation apart. */
  readonly texts: readonly string[];
}

export interface BookedStep extends BookedCall {
  readonly call: PlanStep;
  /** Texts of the answer that name the effect: an undo or a probe sends them. */
  readonly ids: readonly string[];
  /** Done for each of a list: what an answer repeats of the request it repeats of each item's own. */
  readonly each?: true;
}

export interface BookedSide extends BookedCall {
  readonly kind: 'undo' | 'probe' | 'fallback';
  readonly step: PlanStep;
  readonly naming: Naming;
  /** The last call of its step's undo: with it the effect is gone. */
  readonly isLast: boolean;
  /** Of a probe, where nothing stands; absent: nothing documented proves that. */
  readonly nothing?: SimulatedAnswer;
}

export interface AnswerBook {
  readonly steps: readonly BookedStep[];
  readonly sides: readonly BookedSide[];
  /** What steps wait for, by their paths. */
  readonly messages: { readonly [step: string]: SimulatedAnswer };
  /** Answers that could not be made, in words. */
  readonly notes: readonly string[];
  /** Criteria of steps that no answer of the documents meets, in the order of the steps. */
  readonly unmet: readonly UnmetCriterion[];
}

export interface UnmetCriterion extends Unmet {
  /** Path of the step. */
  readonly step: string;
}

/** No value of a document looks like it. */
const KEY = 'key-of-the-rehearsal-0f8c1d';

export async function answerBook(options: BookOptions): Promise<AnswerBook> {
  const xpath = await languagesFor(options.plan);
  const writer = new BookWriter(options, xpath);
  for (const step of stepsInOrder(options.plan)) await writer.step(step);
  return {
    steps: writer.steps,
    sides: writer.sides,
    messages: writer.messages,
    notes: [...writer.notes],
    unmet: writer.unmet,
  };
}

class BookWriter {
  readonly steps: BookedStep[] = [];
  readonly sides: BookedSide[] = [];
  readonly messages: { [step: string]: SimulatedAnswer } = Object.create(null);
  readonly notes = new Set<string>();
  readonly unmet: UnmetCriterion[] = [];
  private readonly options: BookOptions;
  private readonly xpath: XPath | undefined;
  private readonly demands: Demands;
  private readonly refs: { [path: string]: JsonObject } = Object.create(null);

  constructor(options: BookOptions, xpath: XPath | undefined) {
    this.options = options;
    this.xpath = xpath;
    this.demands = demandsOf(options.plan);
  }

  async step(step: PlanStep): Promise<void> {
    const items = this.itemsOf(step);
    const item = items?.[0];
    const scope = this.scopeOf(step, item);
    if (step.receive) return this.message(step, scope);
    const { request, why } = this.requestOf(step, scope);
    const { answer: good, unmet } = await this.goodAnswer(step, { request, why }, scope);
    this.unmet.push(...unmet.map((one) => ({ step: step.path, ...one })));
    const answered = scopeWith({ ...scope, ...request?.seen }, good);
    this.refs[step.path] = outputsIn(step.outputs, answered, () => undefined);
    const texts = textsIn(request);
    const sides = await this.sidesOf(step, { good, stepTexts: texts, ...(item !== undefined && { item }) });
    const odd = unfitted(good, step.criteria, { ...scope, ...request?.seen });
    const seen = { ...scope, ...request?.seen };
    const ids = namesIn(good).filter(
      (text) => !texts.includes(text) && isSent(text, sides) && isFree(text, { good, step, scope: seen }),
    );
    const each = step.forEach ? { each: true as const } : {};
    this.steps.push({ call: step, good, ...(odd && { odd }), texts, ids: [...new Set(ids)], ...each });
    this.sides.push(...sides);
    if (items) this.refs[step.path] = this.gathered(step, items, { good, texts });
  }

  private message(step: PlanStep, scope: Scope): void {
    const { answer, meets } = messageAnswer(this.options, step, { scope });
    if (!meets) this.notes.add(`no documented message meets the criteria of ${step.path}`);
    this.messages[step.path] = answer;
    this.refs[step.path] = outputsIn(step.outputs, scopeWith(scope, answer), () => undefined);
  }

  /** Of a good run; undefined where the step is done once. */
  private itemsOf(step: PlanStep): readonly Json[] | undefined {
    if (!step.forEach) return undefined;
    const found = evaluate(step.forEach.items, this.scopeOf(step));
    const items = found.found && Array.isArray(found.value) ? (found.value as readonly Json[]) : [];
    if (items.length === 0) this.notes.add(`the list of ${step.path} is empty in a good run: nothing is done for it`);
    return items;
  }

  /** As a run gathers them: a list of each output, in the order of the items. */
  private gathered(
    step: PlanStep,
    items: readonly Json[],
    { good, texts }: { readonly good: SimulatedAnswer; readonly texts: readonly string[] },
  ): JsonObject {
    const each = items.map((item) => {
      const scope = this.scopeOf(step, item);
      const { request } = this.requestOf(step, scope);
      const answer = echoed(good, texts, textsIn(request));
      return outputsIn(step.outputs, scopeWith({ ...scope, ...request?.seen }, answer), () => undefined);
    });
    const names = Object.keys(step.outputs);
    return Object.fromEntries(names.map((name) => [name, each.map((outputs) => own(outputs, name) ?? null)]));
  }

  private scopeOf(call: PlanCall, item?: Json): Scope {
    const { xpath } = this;
    const { plan, input } = this.options;
    const request = { header: keyHeaders(call, this.options.plan) };
    return new Evaluation(plan, {
      input,
      refs: this.refs,
      request,
      ...(xpath && { xpath }),
      ...(item !== undefined && { item }),
    }).scope(call.scope);
  }

  private requestOf(call: PlanCall, scope: Scope): Requested {
    const { plan, environments } = this.options;
    const system = plan.operations[call.operation]?.system ?? '';
    const environment = environments.system(system);
    const built = buildRequest({ plan, step: call, environment, scope, idempotencyKey: KEY, xml: xmlWriter });
    if (!built.ok) this.notes.add(`${call.path} is not sent even in a good run: ${built.why}`);
    return built.ok ? { request: built.request } : { why: built.why };
  }

  private async goodAnswer(call: PlanCall, { request, why }: Requested, scope: Scope): Promise<Chosen> {
    const { plan, documents } = this.options;
    const demands = this.demands.answers.get(call.path) ?? [];
    const seen = { ...scope, ...request?.seen };
    const asked = { plan, documents, call, request, scope: seen, demands, xml: xmlWriter };
    const chosen = await chosenAnswer({ ...asked, ...(why !== undefined && { unsent: why }) });
    if (!chosen.isFit) this.notes.add(`no documented answer of ${call.path} meets its criteria`);
    return chosen;
  }

  private async sidesOf(
    step: PlanStep,
    of: Pick<SideOptions, 'good' | 'stepTexts' | 'item'>,
  ): Promise<readonly BookedSide[]> {
    const { undo, probe, fallback } = step;
    const undos = undo?.kind === 'calls' ? undo.calls : [];
    const known = { ...of, step };
    const sides: BookedSide[] = [];
    for (const [at, path] of undos.entries())
      sides.push(...(await this.side(path, { ...known, kind: 'undo', isLast: at === undos.length - 1 })));
    if (probe) sides.push(...(await this.side(probe.call, { ...known, kind: 'probe', isLast: false }, probe)));
    if (fallback?.kind === 'call')
      sides.push(...(await this.side(fallback.call, { ...known, kind: 'fallback', isLast: false })));
    return sides;
  }

  private async side(
    path: string,
    { good, stepTexts, step, kind, isLast, item }: SideOptions,
    probe?: PlanProbe,
  ): Promise<readonly BookedSide[]> {
    const call = own(this.options.plan.calls, path);
    if (!call) return [];
    const scope = this.scopeOf(call, item);
    const requested = this.requestOf(call, scope);
    const { request } = requested;
    const texts = textsIn(request);
    const naming = namingOf(texts, textsOf(good.body ?? null), stepTexts);
    const { answer: plain } = await this.goodAnswer(call, requested, scope);
    const asked = { call, request, scope: { ...scope, ...request?.seen }, step };
    const found = probe ? this.found(plain, probe, asked) : plain;
    const nothing = probe && this.nothing(plain, probe, asked);
    const odd = probe ? undefined : unfitted(plain, call.criteria, asked.scope);
    this.refs[path] = outputsIn(call.outputs, scopeWith(asked.scope, found), () => undefined);
    const made = { ...(odd && { odd }), ...(nothing && { nothing }) };
    return [{ kind, call, step, good: found, ...made, texts, naming, isLast }];
  }

  /** It shows the effect with the step's own outputs, and meets what tells that it happened. */
  private found(plain: SimulatedAnswer, probe: PlanProbe, { call, scope, step }: Asked): SimulatedAnswer {
    const outputs = this.refs[step.path] ?? {};
    const shown = Object.entries(call.outputs).flatMap(([name, value]) =>
      value.kind === 'expression' && Object.hasOwn(outputs, name)
        ? [{ condition: `${value.text} == $outputs.${name}`, type: 'simple' as const }]
        : [],
    );
    const asked = { declared: call.outputs, wanted: outputs, scope };
    const made = fitted(showing(plain, asked), [...shown, ...probe.applied], { ...scope, outputs });
    if (!made) this.notes.add(`no documented answer of ${call.path} tells that ${step.path} happened`);
    const found = made ?? plain;
    for (const name of unshown(found, asked))
      this.notes.add(`no documented answer of ${call.path} shows the output ${name} as ${step.path} gave it`);
    return found;
  }

  private nothing(plain: SimulatedAnswer, probe: PlanProbe, { call, scope, step }: Asked): SimulatedAnswer {
    const none: SimulatedAnswer = { ...plain, ...(plain.body !== undefined && { body: emptied(plain.body) }) };
    const made = fitted(none, probe.absent, scope);
    const tells = made && probe.absent.length > 0 && !isFit(made, probe.applied, scope);
    if (!tells && probe.absent.length > 0)
      this.notes.add(`no documented answer of ${call.path} tells that ${step.path} did not happen`);
    return tells ? made : { ...none, status: 404, body: {} };
  }
}

interface Requested {
  readonly request?: PreparedRequest | undefined;
  /** It is not sent. */
  readonly why?: string | undefined;
}

interface SideOptions {
  readonly good: SimulatedAnswer;
  readonly stepTexts: readonly string[];
  readonly step: PlanStep;
  readonly kind: BookedSide['kind'];
  readonly isLast: boolean;
  /** Which the step is done for, where it is done for each of a list. */
  readonly item?: Json;
}

interface Asked {
  readonly call: PlanCall;
  readonly scope: Scope;
  readonly step: PlanStep;
}

function keyHeaders(call: PlanCall, plan: Plan): { readonly [name: string]: string } {
  const headers: { [name: string]: string } = { 'idempotency-key': KEY };
  const steps = Object.values(plan.steps).filter(({ path }) => call.path.startsWith(path));
  for (const { idempotency } of steps) if (idempotency?.header) headers[idempotency.header.toLowerCase()] = KEY;
  return headers;
}

function namingOf(texts: readonly string[], ids: readonly string[], values: readonly string[]): Naming {
  if (texts.includes(KEY)) return 'key';
  const isNew = (text: string): boolean => ids.includes(text) && !values.includes(text);
  if (texts.some(isNew)) return 'id';
  return texts.some((text) => values.includes(text)) ? 'values' : 'nothing';
}

function isSent(text: string, sides: readonly BookedSide[]): boolean {
  return sides.some(({ texts }) => texts.includes(text));
}

/** What an answer repeats of the request that it was made for, it repeats of this one. */
export function echoed(answer: SimulatedAnswer, booked: readonly string[], given: readonly string[]): SimulatedAnswer {
  if (answer.body === undefined) return answer;
  const said = new Map<string, string>();
  for (const [at, text] of booked.entries()) {
    const other = given[at];
    if (other !== undefined && other !== text && !said.has(text)) said.set(text, other);
  }
  if (said.size === 0) return answer;
  const body = mapLeaves(answer.body, (leaf) => (typeof leaf === 'string' ? (said.get(leaf) ?? leaf) : leaf));
  return { ...answer, body };
}

/** Path segments, query values and leaves of the body; of the headers nothing, since each has a key of its own. */
export function textsIn(request: Pick<PreparedRequest, 'url' | 'query' | 'body'> | undefined): readonly string[] {
  if (!request) return [];
  const segments = new URL(request.url).pathname.split('/').filter((one) => one !== '');
  const query = [...new URLSearchParams(request.query.join('&')).values()];
  return [...segments.map(decoded), ...query, ...textsOf(bodyOf(request.body))];
}

export function bodyOf(body: Uint8Array | undefined): Json {
  if (body === undefined) return null;
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return [...new URLSearchParams(text).values()];
  }
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Texts, and numbers that are called as names are: an amount is a number, too. */
function namesIn({ body }: SimulatedAnswer): readonly string[] {
  return leavesOf(body ?? null).flatMap(({ tokens, value }) => {
    const isName = typeof value === 'string' || /(id|number|key|reference)$/i.test(tokens.at(-1) ?? '');
    return isName && value !== null && value !== '' ? [String(value)] : [];
  });
}

/** Another text in its place changes nothing of what the criteria say: it is a name, not a state. */
function isFree(
  text: string,
  { good, step, scope }: { readonly good: SimulatedAnswer; readonly step: PlanStep; readonly scope: Scope },
): boolean {
  const body = mapLeaves(good.body ?? null, (leaf) => (leaf === text ? `${text}-2` : leaf));
  return isFit({ ...good, body }, step.criteria, scope) === isFit(good, step.criteria, scope);
}

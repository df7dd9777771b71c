/**
 * What simulated systems say by messages: the example of the channel's message, else one made from its schema, brought to
 * what the step's criteria ask for, with the correlation id where the document has it. Deterministic, as their answers are.
 */
import type { AsyncApiDocument, ChannelMessage } from '../model/asyncapi.ts';
import { type Json, own } from '../model/json.ts';
import type { CorrelationPlace } from '../model/message.ts';
import type { ApiDocument } from '../model/openapi.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { parsePointer } from '../expressions/pointer.ts';
import type { Scope } from '../expressions/scope.ts';
import { answerBody } from './answer-body.ts';
import { fitted } from './fitted-answer.ts';
import { withLeaf } from './json-leaves.ts';
import type { SimulatedAnswer } from './simulated-answer.ts';

export interface SimulatedMessage {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface Messaging {
  readonly plan: Plan;
  /** By the name of the system; others have no channels. */
  readonly documents: ReadonlyMap<string, ApiDocument>;
}

/** `scope` is what the criteria read beside the message. */
export function messageAnswer(
  { plan, documents }: Messaging,
  step: PlanStep,
  { correlation, scope = {} }: { readonly correlation?: string; readonly scope?: Scope },
): { readonly answer: SimulatedAnswer; readonly meets: boolean } {
  const operation = own(plan.operations, step.operation);
  const { channel = '', correlations = [] } = operation?.message ?? {};
  const found = documents.get(operation?.system ?? '');
  const document = found && isAsync(found) ? found : undefined;
  const messages = document?.channels.get(channel)?.messages ?? [];
  const all = (messages.length > 0 ? messages : [PLAIN]).map((message) =>
    correlated(plainAnswer(message, document), { correlation, place: correlations[0] }),
  );
  const met = all.flatMap((one) => {
    const made = fitted(one, step.criteria, scope);
    return made ? [made] : [];
  });
  const [good] = met;
  const [first = NOTHING] = all;
  return { answer: good ?? first, meets: good !== undefined };
}

function isAsync(document: ApiDocument): document is AsyncApiDocument {
  return 'channels' in document;
}

/** The same message for another run. */
export function correlatedFor(
  plan: Plan,
  step: PlanStep,
  answer: SimulatedAnswer,
  correlation: string | undefined,
): SimulatedAnswer {
  const place = own(plan.operations, step.operation)?.message?.correlations[0];
  return correlated(answer, { correlation, place });
}

const PLAIN: ChannelMessage = { name: '', contentType: 'application/json' };
const NOTHING: SimulatedAnswer = { status: 200, headers: {} };

function plainAnswer(
  { contentType, payload, headers, example }: ChannelMessage,
  document: AsyncApiDocument | undefined,
): SimulatedAnswer {
  const definitions = document?.schemas ?? {};
  const body = answerBody(
    {
      contentType,
      ...(payload !== undefined && { schema: payload }),
      ...(example?.payload !== undefined && { example: example.payload }),
    },
    definitions,
    {},
  );
  const made = headers === undefined ? {} : answerBody({ contentType, schema: headers }, definitions, {});
  const given = Object.entries({ ...(made as { readonly [name: string]: Json }), ...example?.headers });
  return {
    status: 200,
    contentType,
    body,
    headers: Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), textOf(value)])),
  };
}

function correlated(
  answer: SimulatedAnswer,
  {
    correlation,
    place = USUAL,
  }: { readonly correlation: string | undefined; readonly place: CorrelationPlace | undefined },
): SimulatedAnswer {
  if (correlation === undefined) return answer;
  if (place.in === 'header') {
    return { ...answer, headers: { ...answer.headers, [place.name.toLowerCase()]: correlation } };
  }
  const tokens = parsePointer(place.pointer) ?? [];
  return { ...answer, body: withLeaf(answer.body, tokens, valueLike(at(answer.body, tokens), correlation)) };
}

const USUAL: CorrelationPlace = { in: 'header', name: 'correlationid' };

function at(body: Json | undefined, tokens: readonly string[]): Json | undefined {
  return tokens.reduce<Json | undefined>(
    (value, token) =>
      typeof value === 'object' && value !== null ? own(value as { readonly [name: string]: Json }, token) : undefined,
    body,
  );
}

/** An id that is a number in the document is one in the message. */
function valueLike(before: Json | undefined, correlation: string): Json {
  return typeof before === 'number' && correlation.trim() !== '' && !Number.isNaN(Number(correlation))
    ? Number(correlation)
    : correlation;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function messageOf({ headers, contentType, body }: SimulatedAnswer): SimulatedMessage {
  const type = contentType === undefined ? [] : [['content-type', contentType] as const];
  return { headers: [...type, ...Object.entries(headers)], body: body === undefined ? '' : textOf(body) };
}

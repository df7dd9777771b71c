/**
 * Takes in a message that came over a channel: finds the box that it is for, and gives it to who waits there, keeps it for
 * who will, or knows it as one that was there before. The box is changed first and the slot of who waits after it, so whoever
 * dies in between has it delivered again by its carrier, and it goes where it went. One that comes for a step whose time was
 * up is kept, too, and stands in the audit trail of that run.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Json } from '../model/json.ts';
import type { CorrelationPlace } from '../model/message.ts';
import type { Plan } from '../model/plan.ts';
import { QUEUE, queuePlace } from '../model/carriers.ts';
import { correlationIn, mailboxKey, messageJson } from './correlation.ts';
import { sha256 } from './digest.ts';
import { keep } from './keep.ts';
import { type Posted, posted, returned } from './mailbox.ts';
import type { CallPorts } from './passage.ts';
import type { Expecting, Given, Letter } from './ports/mailboxes.ts';
import { answerFrom } from './receive.ts';
import { readResponse } from './request/response.ts';
import { type BoxChange, changeBox, tellKept } from './unclaimed.ts';

export interface Incoming {
  readonly source: string;
  readonly channel: string;
  /** Names in any case. */
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: string;
  /** What its carrier knows it by; else a header that says so, else what it says. */
  readonly id?: string;
  readonly actor: string;
}

export type Delivered =
  | {
      readonly kind: 'given';
      readonly run: string;
      readonly step: string;
      readonly visit: number;
      readonly again?: true;
    }
  | { readonly kind: 'kept'; readonly again?: true }
  /** So many are kept already; whoever brings it may try again. */
  | { readonly kind: 'full' }
  /** No workflow receives over such a channel. */
  | { readonly kind: 'unknown' };

export type DeliverPorts = Pick<
  CallPorts,
  'callbacks' | 'mailboxes' | 'waking' | 'blobs' | 'clock' | 'journal' | 'telemetry'
>;

/** How the workflows of a deployment receive over one channel. */
export interface Receivers {
  readonly integration: string;
  readonly places: readonly CorrelationPlace[];
  /** Some step waits for a message by what it carries; some for any. */
  readonly correlated: boolean;
  readonly uncorrelated: boolean;
  /** What a message holds may be sensitive. */
  readonly isSensitive: boolean;
}

export function receiversOf(plans: readonly Plan[], source: string, channel: string): Receivers | undefined {
  const found = plans.flatMap((plan) =>
    Object.values(plan.steps).flatMap((step) => {
      const operation = plan.operations[step.operation];
      const { receive } = step;
      const isHere = operation?.system === source && operation.message?.channel === channel;
      return receive && isHere ? [{ plan, step, receive, places: operation.message?.correlations ?? [] }] : [];
    }),
  );
  const [first] = found;
  if (!first) return undefined;
  return {
    integration: first.plan.integration,
    places: found.flatMap(({ places }) => places),
    correlated: found.some(({ receive }) => receive.correlation),
    uncorrelated: found.some(({ receive }) => !receive.correlation),
    isSensitive: found.some(({ step }) => step.sensitive.length > 0),
  };
}

export interface Listening {
  readonly source: string;
  readonly channel: string;
  readonly receivers: Receivers;
}

/** All that receive over channels whose own queue has that name: each has a message of its own of each that comes. */
export function receiversAt(queue: string, plans: readonly Plan[]): readonly Listening[] {
  const found = new Map<string, Listening>();
  for (const plan of plans) {
    for (const { receive, operation } of Object.values(plan.steps)) {
      const { system: source = '', message } = plan.operations[operation] ?? {};
      if (!receive || !message || queuePlace(message) !== `${QUEUE}${queue}`) continue;
      const { channel } = message;
      const mine = plans.filter(({ integration }) => integration === plan.integration);
      const receivers = receiversOf(mine, source, channel);
      if (receivers) found.set(JSON.stringify([plan.integration, source, channel]), { source, channel, receivers });
    }
  }
  return [...found.values()];
}

export async function deliver(
  incoming: Incoming,
  receivers: Receivers | undefined,
  ports: DeliverPorts,
): Promise<Delivered> {
  if (!receivers) return { kind: 'unknown' };
  const header = headersKept(incoming.headers);
  const correlation = correlationIn({ header, ...payloadOf(header, incoming.body) }, receivers.places);
  const letter = await letterOf(incoming, { header, correlation, receivers }, ports);
  const { source, channel } = incoming;
  const boxes = boxesFor(receivers, correlation).map((id) =>
    mailboxKey({ integration: receivers.integration, source, channel }, id),
  );
  const [own = ''] = boxes;
  const changeOf = (key: string): BoxChange => ({ key, at: letter.at });
  for (const key of boxes) {
    const change = changeOf(key);
    const answer = await changeBox(change, (box) => posted(box, letter, boxes.length === 1), ports);
    if (answer.kind !== 'nobody') return await settled({ change, letter, posted: answer }, ports);
  }
  const kept = await changeBox(changeOf(own), (box) => posted(box, letter, true), ports);
  return await settled({ change: changeOf(own), letter, posted: kept }, ports);
}

/** Its own box first; where somebody takes any message, that one, too. */
function boxesFor({ correlated, uncorrelated }: Receivers, id: string | undefined): readonly (string | undefined)[] {
  if (id === undefined || !correlated) return [undefined];
  return uncorrelated ? [id, undefined] : [id];
}

interface Settling {
  readonly change: BoxChange;
  readonly letter: Letter;
  readonly posted: Posted;
}

async function settled({ change, letter, posted: first }: Settling, ports: DeliverPorts): Promise<Delivered> {
  let answer = first;
  // Each turn takes one away who waited.
  for (let turn = 0; turn <= DEFAULTS.messages.waiting; turn += 1) {
    switch (answer.kind) {
      case 'full':
        return { kind: 'full' };
      case 'nobody':
      case 'kept':
        if (answer.kind === 'kept' && !answer.again) tellKept(letter, ports);
        if (answer.kind === 'kept' && answer.missed) await tellLate(letter, answer.missed, ports);
        return { kind: 'kept', ...(answer.kind === 'kept' && answer.again && { again: true }) };
      case 'given': {
        const { given, again } = answer;
        const { run, step, visit } = given.to;
        if (await give(given, ports)) return { kind: 'given', run, step, visit, ...(again && { again }) };
        answer = await changeBox(change, (box) => returned(box, given, letter.at), ports);
      }
    }
  }
  return { kind: 'full' };
}

/** False: it has another answer, or waits no longer. */
async function give(given: Given, ports: DeliverPorts): Promise<boolean> {
  const answered = await ports.callbacks.answer(given.to.slot, await answerFrom(given, ports));
  if (answered.kind !== 'taken') return false;
  const { token } = answered.waiter;
  if (token !== undefined) await ports.waking.succeed(token, {});
  return true;
}

/** Where an operator looks who asks what became of the run. */
async function tellLate(
  { id, at, actor }: Letter,
  { run, step, visit, until }: Expecting,
  ports: DeliverPorts,
): Promise<void> {
  const detail = { message: sha256(id), afterMs: at - until };
  await ports.journal.audit(run, { at, nonce: sha256(id), actor, action: 'late-message', step, visit, detail });
}

/** Names in lower case, without what is the carrier's or a secret. */
export function headersKept(headers: Incoming['headers']): { readonly [name: string]: string } {
  const header: { [name: string]: string } = Object.create(null);
  for (const [name, value] of headers) if (!UNKEPT.has(name.toLowerCase())) header[name.toLowerCase()] = value;
  return header;
}

/** Of the carrier and of who may bring it: nothing of the message, and some of it secret. */
const UNKEPT: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'host',
  'proxy-authorization',
  'transfer-encoding',
  'x-amz-security-token',
]);

function payloadOf(header: { readonly [name: string]: string }, body: string): { readonly payload?: Json } {
  const bytes = new TextEncoder().encode(body);
  const read = readResponse({ kind: 'response', status: 200, headers: Object.entries(header), body: bytes, url: '' });
  const payload = read.message.body;
  return payload === undefined || read.unparseable !== undefined ? {} : { payload };
}

/** In which senders number their messages: Standard Webhooks, CloudEvents, and what people write. */
const NUMBERED = ['webhook-id', 'ce-id', 'message-id', 'x-message-id', 'idempotency-key'];

async function letterOf(
  { source, channel, body, id, actor }: Incoming,
  of: {
    readonly header: { readonly [name: string]: string };
    readonly correlation: string | undefined;
    readonly receivers: Receivers;
  },
  { clock, blobs }: DeliverPorts,
): Promise<Letter> {
  const { header, correlation } = of;
  const { isSensitive, integration } = of.receivers;
  const numbered = NUMBERED.find((name) => (header[name] ?? '') !== '');
  const said =
    id ?? (numbered === undefined ? undefined : `${numbered} ${header['ce-source'] ?? ''} ${header[numbered]}`);
  const known = sha256(JSON.stringify([source, channel, said ?? [correlation ?? null, body]]));
  const owner = `message-${known}`;
  const limits = { valueBytes: DEFAULTS.messages.inlineBytes, inlineBytes: DEFAULTS.messages.inlineBytes };
  const data = await keep(
    messageJson(header, body),
    { run: owner, sensitive: isSensitive ? ['*'] : [], ...limits },
    blobs,
  );
  return { id: known, at: clock.now(), actor, data, owner, over: { integration, source, channel } };
}

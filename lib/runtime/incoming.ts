/**
 * Messages that come from outside, whoever carries them: under the public id of a step that waits, or over a channel. What
 * an environment says of a channel's signature is held here, so no carrier can forget it; a channel without one takes
 * messages only from who is known otherwise. An id is only ever that of a step that waits for a message: nobody approves
 * anything with it.
 */
import type { Json } from '../model/json.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { type Delivered, deliver, type DeliverPorts, headersKept, receiversOf } from './deliver.ts';
import { messageJson } from './correlation.ts';
import { keepInput } from './keep.ts';
import type { Waiter } from './ports/callbacks.ts';
import type { Plans } from './ports/plans.ts';
import { isSigned, type SignatureCheck, type SignedMessage } from './signature.ts';
import { sha256 } from './digest.ts';

export interface IncomingPorts extends DeliverPorts {
  readonly plans: Plans;
  /** Those that may be run; their channels are the ones that there are. */
  readonly deployed: () => Promise<readonly Plan[]>;
  /** What the environment says; rejects where the secret cannot be had. */
  readonly signatureOf: (source: string, channel: string) => Promise<SignatureCheck | undefined>;
}

export type Received =
  | { readonly kind: 'received'; readonly run?: string }
  | { readonly kind: 'unknown' }
  /** Its signature is missing or wrong. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'over' }
  | { readonly kind: 'full' };

export interface ChannelMessage extends SignedMessage {
  readonly source: string;
  readonly channel: string;
  readonly id?: string;
  /** Who brings it, where that is known otherwise than by a signature. */
  readonly actor?: string;
}

export const BY_CALLBACK = 'callback';

export async function receiveOverChannel(message: ChannelMessage, ports: IncomingPorts): Promise<Received> {
  const { source, channel, headers, body, id, actor } = message;
  const receivers = receiversOf(await ports.deployed(), source, channel);
  const check = receivers && (await ports.signatureOf(source, channel));
  const isKnown = actor !== undefined || (check !== undefined && isSigned(check, message, ports.clock.now()));
  if (!isKnown) return { kind: receivers ? 'refused' : 'unknown' };
  const by = actor ?? `${BY_CALLBACK} ${source}`;
  const delivered = await deliver(
    { source, channel, headers, body, actor: by, ...(id !== undefined && { id }) },
    receivers,
    ports,
  );
  return receivedBy(delivered);
}

function receivedBy(delivered: Delivered): Received {
  switch (delivered.kind) {
    case 'given':
      return { kind: 'received', run: delivered.run };
    case 'kept':
      return { kind: 'received' };
    default:
      return { kind: delivered.kind };
  }
}

export async function receiveById(
  { id, ...message }: SignedMessage & { readonly id: string },
  ports: IncomingPorts,
): Promise<Received> {
  const key = await ports.callbacks.keyOf(id);
  const waiter = key === undefined ? undefined : (await ports.callbacks.slot(key))?.waiter;
  const waiting = waiter && (await waitingFor(waiter, ports));
  if (key === undefined || !waiter || !waiting) return { kind: 'unknown' };
  const check = await ports.signatureOf(waiting.source, waiting.channel);
  const at = ports.clock.now();
  if (check && !isSigned(check, message, at)) return { kind: 'refused' };
  const { run } = waiter;
  const data: Json = messageJson(headersKept(message.headers), message.body);
  const sensitive = waiting.step.sensitive.length > 0 ? ['*'] : [];
  const answer = {
    at,
    actor: BY_CALLBACK,
    kind: 'message',
    data: await keepInput(data, { run, sensitive }, ports.blobs),
  } as const;
  const answered = await ports.callbacks.answer(key, answer);
  if (answered.kind === 'taken') {
    const { token } = answered.waiter;
    if (token !== undefined) await ports.waking.succeed(token, {});
    return { kind: 'received', run };
  }
  if (answered.kind === 'closed') await tellLate(waiter, answered.at, message.body, ports);
  return { kind: 'over' };
}

interface WaitingFor {
  readonly step: PlanStep;
  readonly source: string;
  readonly channel: string;
}

async function waitingFor({ run, epoch, step: path }: Waiter, ports: IncomingPorts): Promise<WaitingFor | undefined> {
  const header = await ports.journal.header(run);
  if (header?.epoch !== epoch) return undefined;
  const plan = await ports.plans.plan(header.planHash);
  const step = own(plan.steps, path);
  const operation = step && own(plan.operations, step.operation);
  if (!step?.receive || !operation?.message) return undefined;
  return { step, source: operation.system, channel: operation.message.channel };
}

async function tellLate(
  { run, step, visit }: Waiter,
  since: number,
  body: string,
  ports: IncomingPorts,
): Promise<void> {
  const at = ports.clock.now();
  const message = sha256(body);
  const detail = { message, afterMs: at - since };
  await ports.journal.audit(run, {
    at,
    nonce: message,
    actor: BY_CALLBACK,
    action: 'late-message',
    step,
    visit,
    detail,
  });
}

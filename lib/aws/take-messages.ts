/**
 * Hands messages that a carrier brought to the runs that wait for them. A queue is told which of its messages to bring again;
 * a topic and a bus bring all of them again when the function fails. One that no mailbox has room for is brought again, too.
 */
import { Failure } from '../model/failure.ts';
import { type IncomingPorts, receiveOverChannel } from '../runtime/incoming.ts';
import type { CarriedMessage } from './message-event.ts';

export interface Taken {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export async function takeMessages(
  messages: readonly CarriedMessage[],
  ports: IncomingPorts & { readonly failed: (error: unknown) => void },
): Promise<Taken> {
  const again: string[] = [];
  for (const message of messages) {
    const problem = await problemOf(message, ports);
    if (problem === undefined) continue;
    ports.failed(problem);
    if (message.record === undefined) throw problem;
    again.push(message.record);
  }
  return { batchItemFailures: [...new Set(again)].map((itemIdentifier) => ({ itemIdentifier })) };
}

async function problemOf({ carrier, ...message }: CarriedMessage, ports: IncomingPorts): Promise<Error | undefined> {
  try {
    const { kind } = await receiveOverChannel({ ...message, actor: carrier }, ports);
    // No workflow listens any more: bringing it again would not change that.
    if (kind !== 'full') return undefined;
    return new Failure('mailbox-full', `So many messages of ${message.channel} wait to be taken already`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

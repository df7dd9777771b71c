/**
 * The dead letters of an integration, looked at where they lie in SQS. A queue is no table: to look is to receive, so what
 * is looked at is hidden from others for a moment and given back, and a letter is found by looking for it. How far one
 * look goes is bounded; what lies beyond shows once something before it is gone. What has become of a letter's run is told
 * by the journal.
 */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Letters } from '../api/ports.ts';
import { Failure } from '../model/failure.ts';
import { isObject, type Json } from '../model/json.ts';
import type { LetterView } from '../model/run.ts';
import { letterState } from '../runtime/letter-state.ts';
import type { Journal } from '../runtime/ports/journal.ts';
import { isoTime } from '../runtime/run-events.ts';
import { statusOf } from '../runtime/view.ts';

export interface SqsLettersOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  readonly journal: Pick<Journal, 'header'>;
}

interface Seen {
  readonly id: string;
  readonly at: number;
  readonly run: string;
  readonly letter: Json;
  readonly receipt: string;
}

/** Ten at a time; more than an operator reads. */
const MOST_RECEIVES = 30;
const AT_ONCE = 10;
/** Longer than the longest look, so that none is seen twice in it. */
const HIDDEN_SECONDS = 30;
/** A queue that is asked for longer than an instant looks in all its places. */
const PATIENCE_SECONDS = 1;

export class SqsLetters implements Letters {
  private readonly options: SqsLettersOptions;

  constructor(options: SqsLettersOptions) {
    this.options = options;
  }

  async list({ limit, run }: Parameters<Letters['list']>[0]): Promise<readonly LetterView[]> {
    const seen = await this.look(() => false);
    await this.giveBack(seen);
    const wanted = run === undefined ? seen : seen.filter((one) => one.run === run);
    const views = await Promise.all(
      newestFirst(wanted)
        .slice(0, limit)
        .map((one) => this.view(one, seen)),
    );
    return views.flatMap((one) => one ?? []);
  }

  async find(id: string): Promise<LetterView | undefined> {
    const seen = await this.look((one) => one.id === id);
    await this.giveBack(seen);
    const found = seen.find((one) => one.id === id);
    return found && (await this.view(found, seen));
  }

  async remove(id: string): Promise<boolean> {
    const seen = await this.look((one) => one.id === id);
    const found = seen.find((one) => one.id === id);
    await this.giveBack(seen.filter((one) => one !== found));
    if (!found) return false;
    const { queueUrl: QueueUrl } = this.options;
    await this.asking((client) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: found.receipt })));
    return true;
  }

  /** The undo machine sends another one if it comes to that. */
  async redriven({ id }: LetterView): Promise<void> {
    await this.remove(id);
  }

  /** All that the queue shows, or up to the one that is looked for. */
  private async look(isIt: (seen: Seen) => boolean): Promise<readonly Seen[]> {
    const { queueUrl: QueueUrl } = this.options;
    const seen = new Map<string, Seen>();
    for (let receives = 0; receives < MOST_RECEIVES; receives += 1) {
      const { Messages = [] } = await this.asking((client) =>
        client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: AT_ONCE,
            VisibilityTimeout: HIDDEN_SECONDS,
            WaitTimeSeconds: PATIENCE_SECONDS,
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        ),
      );
      const found = Messages.flatMap((message) => seenIn(message) ?? []);
      for (const one of found) seen.set(one.id, one);
      if (Messages.length === 0 || found.some(isIt)) break;
    }
    return [...seen.values()];
  }

  private async giveBack(seen: readonly Seen[]): Promise<void> {
    const { queueUrl: QueueUrl } = this.options;
    for (let at = 0; at < seen.length; at += AT_ONCE) {
      const entries = seen.slice(at, at + AT_ONCE).map(({ receipt }, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: entries });
      await this.asking((client) => client.send(command));
    }
  }

  private async view({ id, at, run, letter }: Seen, all: readonly Seen[]): Promise<LetterView | undefined> {
    const header = await this.options.journal.header(run);
    if (!header) return undefined;
    const status = statusOf(header.phase);
    const isNewest = !all.some((other) => other.run === run && other.at > at);
    return { id, at: isoTime(at), run, state: letterState(letter, status, isNewest), status, letter };
  }

  private async asking<T>(work: (client: Pick<SQSClient, 'send'>) => Promise<T>): Promise<T> {
    try {
      return await work(this.options.client);
    } catch (error) {
      throw new Failure('letters-failed', 'The queue of dead letters could not be read or written', { cause: error });
    }
  }
}

function newestFirst(seen: readonly Seen[]): readonly Seen[] {
  return [...seen].sort((one, other) => other.at - one.at || (one.id < other.id ? -1 : 1));
}

/** What somebody else put into the queue is no letter, and stays there. */
function seenIn({ MessageId, ReceiptHandle, Body, Attributes }: Message): Seen | undefined {
  const letter = jsonIn(Body ?? '');
  const run = isObject(letter) ? letter['run'] : undefined;
  if (MessageId === undefined || ReceiptHandle === undefined || letter === undefined || typeof run !== 'string') {
    return undefined;
  }
  return { id: MessageId, at: Number(Attributes?.SentTimestamp ?? 0), run, letter, receipt: ReceiptHandle };
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // No machine of ours wrote it.
    return undefined;
  }
}

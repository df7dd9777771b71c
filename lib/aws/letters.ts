/** Dead letters in SQS. What was taken and not removed is there again when its time in hand is over. */
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { assert } from '../model/assert.ts';
import { isObject } from '../model/json.ts';
import type { LetterInHand, Letters } from '../runtime/ports/letters.ts';

/** In one request. */
const MOST = 10;
const IN_HAND_SECONDS = 300;

export class SqsLetters implements Letters {
  private readonly url: string;
  private readonly client: Pick<SQSClient, 'send'>;

  constructor({ url, client }: { readonly url: string; readonly client: Pick<SQSClient, 'send'> }) {
    this.url = url;
    this.client = client;
  }

  static ofFunction(): SqsLetters {
    const url = process.env['INTERLOCK_DEAD_LETTERS'];
    assert(url !== undefined, 'the function has the environment variable INTERLOCK_DEAD_LETTERS');
    return new SqsLetters({ url, client: new SQSClient({}) });
  }

  async take(limit: number): Promise<readonly LetterInHand[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: Math.min(limit, MOST),
        VisibilityTimeout: IN_HAND_SECONDS,
      }),
    );
    return Messages.map((message) => this.inHand(message));
  }

  private inHand({ MessageId = '', ReceiptHandle, Body = '' }: Message): LetterInHand {
    const run = runIn(Body);
    return {
      id: MessageId,
      ...(run !== undefined && { run }),
      remove: async () => {
        await this.client.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle }));
      },
    };
  }
}

function runIn(body: string): string | undefined {
  try {
    const letter: unknown = JSON.parse(body);
    const run = isObject(letter) ? letter['run'] : undefined;
    return typeof run === 'string' ? run : undefined;
  } catch {
    return undefined;
  }
}

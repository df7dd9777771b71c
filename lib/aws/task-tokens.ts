/** Task tokens over Step Functions. A token that nothing waits with any more is no failure: somebody else was first. */
import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Json } from '../model/json.ts';
import type { TaskTokens } from '../runtime/ports/callbacks.ts';

export class StepFunctionsTokens implements TaskTokens {
  private readonly client: Pick<SFNClient, 'send'>;

  constructor(client: Pick<SFNClient, 'send'> = new SFNClient({})) {
    this.client = client;
  }

  succeed(taskToken: string, output: Json): Promise<'woken' | 'gone'> {
    return woken(() => this.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })));
  }

  fail(taskToken: string, why: { readonly error: string; readonly cause: string }): Promise<'woken' | 'gone'> {
    return woken(() => this.client.send(new SendTaskFailureCommand({ taskToken, ...why })));
  }
}

async function woken(send: () => Promise<unknown>): Promise<'woken' | 'gone'> {
  try {
    await send();
    return 'woken';
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)
      return 'gone';
    throw error;
  }
}

/**
 * Task tokens over Step Functions. A token that nothing waits with any more is no failure: somebody else was first. The
 * client is loaded with the first token: most functions never wake anybody.
 */
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Json } from '../model/json.ts';
import type { TaskTokens } from '../runtime/ports/callbacks.ts';

type Sdk = typeof import('./clients/tokens.ts');
type Sending = Pick<SFNClient, 'send'>;

const GONE: ReadonlySet<string> = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

export class StepFunctionsTokens implements TaskTokens {
  private readonly given: Sending | undefined;
  private opened: Promise<{ readonly sdk: Sdk; readonly client: Sending }> | undefined;

  constructor(client?: Sending) {
    this.given = client;
  }

  async succeed(taskToken: string, output: Json): Promise<'woken' | 'gone'> {
    const { sdk, client } = await this.open();
    return await woken(() =>
      client.send(new sdk.SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
    );
  }

  async fail(taskToken: string, why: { readonly error: string; readonly cause: string }): Promise<'woken' | 'gone'> {
    const { sdk, client } = await this.open();
    return await woken(() => client.send(new sdk.SendTaskFailureCommand({ taskToken, ...why })));
  }

  private open(): Promise<{ readonly sdk: Sdk; readonly client: Sending }> {
    this.opened ??= import('./clients/tokens.ts').then((sdk) => ({ sdk, client: this.given ?? new sdk.SFNClient({}) }));
    return this.opened;
  }
}

async function woken(send: () => Promise<unknown>): Promise<'woken' | 'gone'> {
  try {
    await send();
    return 'woken';
  } catch (error) {
    if (error instanceof Error && GONE.has(error.name)) return 'gone';
    throw error;
  }
}

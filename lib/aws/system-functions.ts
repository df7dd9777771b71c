/**
 * Asks a system's own function, which alone has its credentials. Which function that is, by the system's name, is in the
 * environment of whoever asks (INTERLOCK_SYSTEMS).
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import { own } from '../model/json.ts';
import type { HealthAnswer, HealthTask, LookAnswer, LookTask } from '../model/upkeep-task.ts';
import type { Looking } from '../runtime/ports/looking.ts';
import type { Asking } from '../runtime/ports/asking-health.ts';

export interface SystemFunctionsOptions {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Function names by system. */
  readonly functions: { readonly [system: string]: string };
}

export class SystemFunctions implements Looking, Asking {
  private readonly options: SystemFunctionsOptions;

  constructor(options: SystemFunctionsOptions) {
    this.options = options;
  }

  static ofFunction(): SystemFunctions {
    const text = process.env['INTERLOCK_SYSTEMS'];
    assert(text !== undefined, 'the function has the environment variable INTERLOCK_SYSTEMS');
    // Written by lib/constructs/upkeep.ts in this shape.
    const functions = JSON.parse(text) as SystemFunctionsOptions['functions'];
    return new SystemFunctions({ client: new LambdaClient({}), functions });
  }

  get systems(): readonly string[] {
    return Object.keys(this.options.functions).sort();
  }

  async look(system: string, task: LookTask): Promise<LookAnswer> {
    return (await this.invoke(system, task)) as LookAnswer;
  }

  async health(system: string, task: HealthTask): Promise<HealthAnswer> {
    return (await this.invoke(system, task)) as HealthAnswer;
  }

  private async invoke(system: string, task: LookTask | HealthTask): Promise<unknown> {
    const name = own(this.options.functions, system);
    if (name === undefined) throw new Failure('system-unknown', `No function of this integration calls ${system}`);
    const { FunctionError, Payload } = await this.options.client.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(task) }),
    );
    const answer: unknown = JSON.parse(new TextDecoder().decode(Payload));
    if (FunctionError === undefined) return answer;
    throw new Failure('system-function', `The function of ${system} failed: ${wordsOf(answer)}`);
  }
}

function wordsOf(answer: unknown): string {
  const { errorType = 'Error', errorMessage = '' } = answer as { errorType?: string; errorMessage?: string };
  return `${errorType}: ${errorMessage}`;
}

/** Task tokens over the embedded engine. A token that nothing waits with any more is no failure: somebody else was first. */
import type { Engine } from '../engine/driver.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { TaskTokens } from '../runtime/ports/callbacks.ts';

export class EngineTokens implements TaskTokens {
  private readonly engine: () => Engine;

  /** Asked for each time: the engine and what answers it are made for each other. */
  constructor(engine: () => Engine) {
    this.engine = engine;
  }

  succeed(token: string, output: Json): Promise<'woken' | 'gone'> {
    return woken(() => this.engine().sendTaskSuccess(token, output));
  }

  fail(token: string, why: { readonly error: string; readonly cause: string }): Promise<'woken' | 'gone'> {
    return woken(() => this.engine().sendTaskFailure(token, why));
  }
}

async function woken(wake: () => Promise<void>): Promise<'woken' | 'gone'> {
  try {
    await wake();
    return 'woken';
  } catch (error) {
    if (error instanceof Failure && (error.code === 'InvalidToken' || error.code === 'TaskTimedOut')) return 'gone';
    throw error;
  }
}

/**
 * The world in which random machines run (random-machines.ts): what a task is answered depends on what is asked and the
 * attempt alone, so it is the same whenever and however often it is asked. Answers come after a few seconds, on full
 * seconds so that many fall together; callbacks come by token, to whichever engine is up by then. It counts what it gave.
 */
import type { Engine } from '../../lib/engine/driver.ts';
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { Failure } from '../../lib/model/failure.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import type { Clock } from '../../lib/model/time.ts';
import { CALLBACK } from './random-machines.ts';

interface Given {
  succeeded: number;
  failed: number;
}

export class TaskWorld {
  readonly asked: TaskCall[] = [];
  /** By execution: answers that somebody still waited for when they were given. */
  readonly given: Map<string, Given> = new Map();
  /** Where callbacks are sent. */
  engine: Engine | null = null;
  readonly #clock: Clock;
  readonly #failing: boolean;

  constructor(clock: Clock, { failing }: { readonly failing: boolean }) {
    this.#clock = clock;
    this.#failing = failing;
  }

  run(call: TaskCall, signal: AbortSignal): Promise<TaskResult> {
    this.asked.push(call);
    const { tag = 0, hangs } = call.arguments as JsonObject;
    if (hangs === true && call.attempt === 1) return new Promise(() => undefined);
    const delayMs = 1000 * (1 + (Number(tag) % 3));
    return new Promise((resolve) => {
      this.#clock.after(delayMs, () => {
        const answer = call.resource === CALLBACK ? this.#submission(call) : this.#answer(call);
        if (!signal.aborted && (answer.error !== undefined || call.resource !== CALLBACK))
          this.#count(call, answer.error === undefined);
        resolve(answer);
      });
    });
  }

  /** Taken, and answered by token two seconds later; some submissions fail first. */
  #submission(call: TaskCall): TaskResult {
    const answer = this.#answer(call);
    if (answer.error === 'Flaky') return answer;
    this.#clock.after(2000, () => void this.#callBack(call, answer));
    return { output: { taken: true } };
  }

  async #callBack(call: TaskCall, answer: TaskResult): Promise<void> {
    const token = call.taskToken ?? '';
    try {
      if (answer.error === undefined) await this.engine?.sendTaskSuccess(token, answer.output);
      else await this.engine?.sendTaskFailure(token, answer);
      this.#count(call, answer.error === undefined);
    } catch (refusal) {
      // After a crash a submission may be made twice; its second answer finds nobody waiting.
      if (!(refusal instanceof Failure) || refusal.code !== 'TaskTimedOut') throw refusal;
    }
  }

  #answer({ arguments: asked, attempt, stateName }: TaskCall): TaskResult {
    const { n = 0, tag = 0 } = asked as JsonObject;
    if (attempt <= Number(tag) % 3) return { error: 'Flaky', cause: stateName };
    const dice = new RandomSource(Number(tag) * 1000 + Number(n) * 100 + attempt).next();
    if (this.#failing && dice < 0.3) return { error: dice < 0.15 ? 'Bad' : 'Sad', cause: stateName };
    return { output: { n: (Number(n) + 1) % 5 } };
  }

  #count({ executionId }: TaskCall, succeeded: boolean): void {
    const counts = this.given.get(executionId) ?? { succeeded: 0, failed: 0 };
    this.given.set(executionId, counts);
    counts[succeeded ? 'succeeded' : 'failed'] += 1;
  }
}

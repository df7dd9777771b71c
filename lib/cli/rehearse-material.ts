/** What a rehearsal is made of, as plain data that threads hand to each other, and what each thread makes of it. */
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { Json } from '../model/json.ts';
import { Coverage } from '../rehearse/coverage.ts';
import type { Playing } from '../rehearse/played.ts';
import { subjectOf } from '../rehearse/scenario.ts';
import type { AnswerBook } from '../simulate/answer-book.ts';
import { simulatedEnvironments } from '../simulate/simulated-environment.ts';

export interface Material {
  readonly workflow: CompiledWorkflow;
  readonly book: AnswerBook;
  readonly input: Json;
  readonly secrets: readonly string[];
}

/** Turns without a breath: whoever rehearses for minutes must still hear a signal. */
const BREATH = 5_000;

export function playingOf(material: Material): Playing {
  const { workflow, book, input, secrets } = material;
  let turns = 0;
  // Everything of a rehearsal settles in microtasks; a tick comes after all of them.
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      turns += 1;
      if (turns % BREATH === 0) setImmediate(resolve);
      else process.nextTick(resolve);
    });
  const environments = simulatedEnvironments(workflow.plan);
  const subject = subjectOf({ workflow, book, environments, input, secrets, idle });
  return { subject, coverage: new Coverage(workflow) };
}

/**
 * A compiled workflow, run once in virtual time against systems made from its OpenAPI documents. Each has the input that
 * its requests ask for and answers chosen so that its criteria can be met; where the documents forbid that, it is said.
 */
import type { Compiled, CompiledWorkflow } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Evidence } from '../../lib/rehearse/evidence.ts';
import { goodRun } from '../../lib/rehearse/good-run.ts';
import { subjectOf } from '../../lib/rehearse/scenario.ts';
import { loadValidator } from '../../lib/runtime/contract/validate.ts';
import { FINAL_PHASES } from '../../lib/runtime/ports/journal.ts';
import { checkedInput } from '../../lib/runtime/run.ts';
import { answerBook, type UnmetCriterion } from '../../lib/simulate/answer-book.ts';
import { fittedInput } from '../../lib/simulate/fitted-input.ts';
import { simulatedEnvironments } from '../../lib/simulate/simulated-environment.ts';
import { systemDocuments } from '../../lib/simulate/system-documents.ts';
import type { ExecutedWorkflow } from './result.ts';

export async function executed({ description, workflows }: Compiled): Promise<readonly ExecutedWorkflow[]> {
  assert(description, 'what compiled has a description');
  const all: ExecutedWorkflow[] = [];
  for (const workflow of workflows) all.push(await execute(workflow, description));
  return all;
}

async function execute(
  workflow: CompiledWorkflow,
  description: NonNullable<Compiled['description']>,
): Promise<ExecutedWorkflow> {
  const { plan, workflowId } = workflow;
  await loadValidator();
  const checked = await checkedInput(plan, await fittedInput(plan));
  if (checked.kind === 'invalid') {
    const why = `no input was found that its schema allows: ${JSON.stringify(checked.problems.slice(0, 3))}`;
    return { workflowId, end: 'failed', cannotMeet: [], why };
  }
  const { input } = checked;
  const environments = simulatedEnvironments(plan);
  const book = await answerBook({ plan, documents: systemDocuments(description, plan), environments, input });
  const subject = subjectOf({ workflow, book, environments, input, secrets: [], idle });
  return judged(workflowId, await goodRun(subject), book.unmet);
}

/** A tick comes after everything that settles in microtasks. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function judged(workflowId: string, evidence: Evidence, unmet: readonly UnmetCriterion[]): ExecutedWorkflow {
  const { phase, error } = evidence.record.header;
  const [bug] = evidence.bugs;
  if (bug) return { workflowId, end: 'crashed', cannotMeet: [], why: bug.stack ?? bug.message };
  if (evidence.restless || !FINAL_PHASES.includes(phase))
    return { workflowId, end: 'hung', cannotMeet: [], why: `it never came to rest: ${phase}` };
  const passed = new Set(evidence.written.map(({ step }) => step));
  const isSuccess = phase === 'succeeded';
  const cannotMeet = unmet.filter(({ step }) => (isSuccess ? passed.has(step) : step === error?.step));
  const why = error && {
    why: `${error.error}${error.step === undefined ? '' : ` at ${error.step}`}: ${error.message}`,
  };
  const end = cannotMeet.length > 0 ? 'cannot-meet' : isSuccess ? 'succeeded' : 'failed';
  return { workflowId, end, cannotMeet, ...why };
}

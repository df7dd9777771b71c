/**
 * The emitter over random workflows: every machine is valid, passes its steps in the order and under the visits of a
 * plain interpreter of the plan, hands each step what it reads, and settles once when a step fails. The seed of a failing
 * workflow is in the message; `randomDescription(seed)` makes it again.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompiledWorkflow, compileDescription } from '../../lib/compile/compile.ts';
import { isError } from '../../lib/engine/definition/finding.ts';
import { parseDefinition } from '../../lib/engine/definition/parse-definition.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { Plan, PlanStep } from '../../lib/model/plan.ts';
import type { At } from '../../lib/model/task.ts';
import { keyText, visitOf } from '../../lib/runtime/visit.ts';
import { play, type Played } from '../support/golden-run.ts';
import type { Answer, Sent } from '../support/golden-world.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { misplaced, type Trace, visitsOfTrace, walkPlan } from '../support/plan-walk.ts';
import { randomDescription, spread } from '../support/random-workflows.ts';

const OPENAPI = readFileSync('test/golden/one-step/openapi.yaml', 'utf8');
/** `SEEDS=5000` for a long sweep. */
const SEEDS: readonly number[] = Array.from({ length: Number(process.env['SEEDS'] ?? 60) }, (_, index) => index + 1);
const LONG = { timeout: 20_000 + SEEDS.length * 500 };
/** Behind as many jumps a step only goes on, so that every run ends. */
const MAX_JUMPS = 2;

async function compiled(seed: number): Promise<CompiledWorkflow | undefined> {
  const files = memoryFiles({
    'workflow.arazzo.yaml': JSON.stringify(randomDescription(seed)),
    'openapi.yaml': OPENAPI,
  });
  const { workflows } = await compileDescription({ entry: 'workflow.arazzo.yaml', files, workflowId: 'w0' });
  return workflows[0];
}

/** Decided by step and passage alone, so that it is the same in whatever order branches come. */
function labelOf(seed: number, { path, exits }: PlanStep, passage: number): string {
  if (passage >= MAX_JUMPS) return 'next';
  return exits[Math.floor(dice(seed, path, passage) * exits.length)] ?? 'next';
}

function dice(seed: number, path: string, passage: number): number {
  const text = `${seed} ${path} ${passage}`;
  const hash = Array.from(text).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 2_147_483_647, 7);
  return new RandomSource(spread(hash)).next();
}

function answersOf(seed: number, plan: Plan): { readonly [task: string]: readonly Answer[] } {
  const passages = Array.from({ length: MAX_JUMPS + 3 }, (_, index) => index);
  return Object.fromEntries(
    Object.values(plan.steps).map((step) => [
      step.path,
      passages.map((at) => ({ go: labelOf(seed, step, at), after: Math.floor(dice(seed + 1, step.path, at) * 4) })),
    ]),
  );
}

function visitsOf({ sent }: Played): readonly string[] {
  return sent.filter(({ op }) => op === 'call').map(visitText);
}

function visitText(task: Sent): string {
  const key = keyText(visitOf(String(task['step']), (task['at'] ?? null) as At | null));
  return task['repair'] === true ? `${key} repair` : key;
}

describe('the machine of a random workflow', () => {
  it('is valid, and passes its steps as the plan says', LONG, async () => {
    const met = { compiled: 0, parallel: 0, again: 0, parallelAgain: 0, repaired: 0, tails: 0 };
    for (const seed of SEEDS) {
      const workflow = await compiled(seed);
      if (!workflow) continue;
      const findings = parseDefinition(JSON.stringify(workflow.machine)).findings.filter(isError);
      expect({ seed, findings }).toEqual({ seed, findings: [] });
      const walk = walkPlan(workflow.plan, (step, passage) => labelOf(seed, step, passage));
      const played = await play(workflow, { answers: answersOf(seed, workflow.plan) });
      const visits = visitsOf(played);
      const told = { status: played.status, faults: played.faults, wrong: misplaced(walk.trace, visits) };
      expect({ seed, ...told }).toEqual({ seed, status: 'SUCCEEDED', faults: [], wrong: undefined });
      const closing = played.sent.filter(({ op }) => op === 'close').map((task) => task['scope']);
      expect({ seed, closing }).toEqual({ seed, closing: [walk.closed] });
      met.compiled += 1;
      met.parallel += walk.trace.some((part) => typeof part !== 'string') ? 1 : 0;
      met.again += visits.some((visit) => !visit.includes('.1.0')) ? 1 : 0;
      met.parallelAgain += entersParallelAgain(walk.trace) ? 1 : 0;
      met.repaired += visits.some((visit) => visit.includes('~') || visit.endsWith(' repair')) ? 1 : 0;
      met.tails += walk.closed === '' ? 0 : 1;
    }
    // The generator still makes what this is about.
    expect(met.compiled).toBeGreaterThan(SEEDS.length * 0.8);
    expect(Math.min(met.parallel, met.again)).toBeGreaterThan(SEEDS.length * 0.2);
    expect(Object.entries(met).filter(([, times]) => times === 0)).toEqual([]);
  });

  it('settles once when a step fails, and calls nothing that would not have been called', LONG, async () => {
    for (const seed of SEEDS) {
      const workflow = await compiled(seed);
      if (!workflow) continue;
      const { trace } = walkPlan(workflow.plan, (step, passage) => labelOf(seed, step, passage));
      const all = visitsOfTrace(trace);
      const failing = all[Math.floor(dice(seed, 'failing', 0) * all.length)] ?? '';
      const played = await play(workflow, { answers: failingAt(answersOf(seed, workflow.plan), failing, all) });
      const known = new Set(all);
      const strange = visitsOf(played).filter((visit) => !known.has(visit));
      const settled = played.sent.filter(({ op }) => op === 'settle').length;
      const { error, faults } = played;
      expect({ seed, error, faults, strange, settled }).toEqual({
        seed,
        error: 'Interlock.failed',
        faults: [],
        strange: [],
        settled: 1,
      });
    }
  });
});

/** Some Parallel of the root is entered twice: two of them begin with a visit of the same step. */
function entersParallelAgain(trace: Trace): boolean {
  const firsts = trace.flatMap((part) => (typeof part === 'string' ? [] : visitsOfTrace([part]).slice(0, 1)));
  return new Set(firsts.map(stepOfVisit)).size < firsts.length;
}

type Answers = ReturnType<typeof answersOf>;

/** The same answers, but for one visit, which is refused. */
function failingAt(answers: Answers, failing: string, all: readonly string[]): Answers {
  const step = stepOfVisit(failing);
  const passage = all.filter((visit) => stepOfVisit(visit) === step).indexOf(failing);
  const changed = Array.from({ length: passage + 1 }, (_, at): Answer => answers[step]?.[at] ?? {});
  return { ...answers, [step]: changed.with(passage, { error: 'Interlock.Refused' }) };
}

function stepOfVisit(visit: string): string {
  return visit.slice(0, visit.indexOf('.'));
}

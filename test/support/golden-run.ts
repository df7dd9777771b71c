/** Plays a scenario through a golden's machine: the real engine, virtual time, and a scripted world of functions. */
import type { HistoryEvent } from '../../lib/engine/history.ts';
import { parseDefinition } from '../../lib/engine/definition/parse-definition.ts';
import { isError } from '../../lib/engine/definition/finding.ts';
import type { CompiledWorkflow } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { engineHarness, newClock, START } from './engine-harness.ts';
import { type Answer, GoldenWorld, type Sent } from './golden-world.ts';

export interface Scenario {
  /** What happens, as a sentence. */
  readonly given: string;
  /** By step path, or by `close`, `raise`, `settle`, `undo`, `letter`, `hand-over`: the answers in order; the default after them. */
  readonly answers?: { readonly [task: string]: readonly Answer[] };
  /** What the n-th call of a task holds, at least. */
  readonly sent?: { readonly [task: string]: readonly JsonObject[] };
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  /** Virtual seconds from start to end. */
  readonly seconds?: number;
  readonly transitions: number;
  readonly entered: readonly string[];
}

export interface Played {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly seconds: number;
  readonly transitions: number;
  readonly entered: readonly string[];
  readonly sent: readonly Sent[];
  readonly faults: readonly string[];
  /** Steps passed, one per Parallel or Map, and the closing task: what a happy path costs. */
  readonly happyTransitions: number;
}

export async function play(
  { plan, machine }: Pick<CompiledWorkflow, 'plan' | 'machine'>,
  { answers = {} }: Pick<Scenario, 'answers'> = {},
): Promise<Played> {
  const { definition, findings } = parseDefinition(JSON.stringify(machine));
  assert(definition, `the machine is valid: ${JSON.stringify(findings.filter(isError))}`);
  const clock = newClock();
  const world = new GoldenWorld(plan, clock, answers);
  const harness = engineHarness({ clock, task: (call) => world.answer(call) });
  world.onToken = (token, error) =>
    error === undefined ? harness.engine.sendTaskSuccess(token, {}) : harness.engine.sendTaskFailure(token, { error });
  const { outcome, history } = await harness.run(definition, { run: 'r1', epoch: 1, plan: 'p1' });
  const entered = history.flatMap(enteredState);
  const calls = world.sent.filter(({ op }) => op === 'call' || op === 'each' || op === 'gather').length;
  return {
    status: outcome.status,
    ...(outcome.output !== undefined && { output: outcome.output }),
    ...(outcome.error !== undefined && { error: outcome.error }),
    seconds: (outcome.stopTime - START) / 1000,
    transitions: entered.length,
    entered: entered.map(({ name }) => name),
    sent: world.sent,
    faults: world.faults,
    happyTransitions: calls + entered.filter(({ type }) => /^(Parallel|Map)/.test(type)).length + 1,
  };
}

function enteredState({ type, details }: HistoryEvent): readonly { readonly name: string; readonly type: string }[] {
  return type.endsWith('StateEntered') && details !== undefined && 'name' in details
    ? [{ name: details.name, type }]
    : [];
}

/** The calls of one task, as `answers` and `sent` of a scenario name it. */
export function callsOf({ sent }: Played, task: string): readonly Sent[] {
  return sent.filter((one) => (one.op === 'call' ? one['step'] === task : one.op === task));
}

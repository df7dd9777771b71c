/**
 * The functions that a golden's machine calls, as one scripted world: answers come from the scenario, by the attempt of
 * the step or core task; where it says nothing, everything goes well. As in the journal, the fence goes up with the
 * first failure, and nothing begins behind it. The world also watches what every handler relies on (`faults`): a task
 * names its step's system, carries what the plan says that the step reads, and no passage comes twice under one key.
 */
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import type { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import { assert } from '../../lib/model/assert.ts';
import { itemPath } from '../../lib/model/item-path.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { callPlaceholder, placeholder } from '../../lib/model/placeholders.ts';
import type { Plan, PlanStep } from '../../lib/model/plan.ts';
import type { At } from '../../lib/model/task.ts';
import { keyText, nextAt, visitOf } from '../../lib/runtime/visit.ts';

/** What a function answers: `{out, go, ...}` of a call, anything of a core task, or an error. `after`: virtual seconds. */
export type Answer = JsonObject & { readonly error?: string; readonly cause?: string; readonly after?: number };

export interface Sent extends JsonObject {
  readonly op: string;
}

/** Errors that say nothing of the step: the handler may not even have run. */
const NO_OUTCOME = /^(Interlock\.(?:Leased|More)|Lambda\.|Sandbox\.|States\.)/;

export class GoldenWorld {
  /** Payloads of all calls, in order; what went to the dead letters has `op: letter`, the undo machine's start `op: hand-over`. */
  readonly sent: Sent[] = [];
  /** Broken promises of the machine. */
  readonly faults: string[] = [];
  private readonly plan: Plan;
  private readonly clock: VirtualClock;
  private readonly answers: { readonly [task: string]: readonly Answer[] };
  private readonly asked = new Map<string, number>();
  private readonly outputs = new Map<string, Json>();
  private readonly passages = new Set<string>();
  private isFenced = false;
  /** Who answers a token. */
  onToken: (token: string, error: string | undefined) => Promise<void> = () => Promise.resolve();

  constructor(plan: Plan, clock: VirtualClock, answers: { readonly [task: string]: readonly Answer[] }) {
    this.plan = plan;
    this.clock = clock;
    this.answers = answers;
  }

  async answer(call: TaskCall): Promise<TaskResult> {
    const task = taskOf(call);
    this.sent.push(task);
    const name = task.op === 'call' ? String(task['step']) : task.op;
    const scripted = this.next(name);
    if (task.op === 'call') this.watchCall(call, task);
    if (task.op === 'undo') this.watchFunction(call, 'an undo', String((task['entry'] as JsonObject)['system']));
    const mayBegin = !this.isFenced && task['fenced'] !== true;
    if (scripted?.after !== undefined) await this.pass(scripted.after);
    const result = task.op === 'call' ? this.call(task, scripted, mayBegin) : this.core(task, scripted, mayBegin);
    if (result.error !== undefined && task.op === 'call' && !NO_OUTCOME.test(result.error)) this.isFenced = true;
    return result;
  }

  private next(name: string): Answer | undefined {
    const attempt = this.asked.get(name) ?? 0;
    this.asked.set(name, attempt + 1);
    return Object.hasOwn(this.answers, name) ? this.answers[name]?.[attempt] : undefined;
  }

  private pass(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(seconds * 1000, resolve);
    });
  }

  private call(task: Sent, scripted: Answer | undefined, mayBegin: boolean): TaskResult {
    const step = this.stepOf(task);
    if (scripted?.error !== undefined) return failed(scripted);
    if (!mayBegin) return { error: 'Interlock.Fenced' };
    const at = (task['at'] ?? null) as At | null;
    const item = task['item'];
    if ((step.forEach === undefined) !== (item === undefined))
      this.faults.push(`${step.path} is called without its item`);
    this.watchPassage(item === undefined ? step.path : itemPath(step.path, JSON.stringify(item)), at);
    if (item !== undefined) return payload({ out: scripted?.['out'] ?? {}, go: 'next' });
    const go = typeof scripted?.['go'] === 'string' ? scripted['go'] : 'next';
    if (step.poll && go === 'ask') return this.asking(task, step, scripted);
    if (!step.exits.includes(go)) this.faults.push(`${step.path} has no exit "${go}": ${JSON.stringify(step.exits)}`);
    const out = scripted?.['out'] ?? { of: `${step.path} ${this.asked.get(step.path) ?? 1}` };
    this.outputs.set(step.path, out);
    const seconds = scripted?.['seconds'];
    const answer = {
      out,
      go,
      ...(seconds !== undefined && { seconds }),
      ...(step.poll && { poll: null }),
      ...(step.repeats && { at: (task['repair'] === true ? passed(at) : nextAt(step, at, go)) as unknown as Json }),
    };
    return payload(answer);
  }

  private core(task: Sent, scripted: Answer | undefined, mayBegin: boolean): TaskResult {
    if (scripted?.error !== undefined) return failed(scripted);
    switch (task.op) {
      case 'invite':
        this.watchReads(task, `the invitation of ${String(task['step'])}`, this.stepOf(task).reads);
        return mayBegin ? payload(scripted ?? { seconds: 60 }) : { error: 'Interlock.Fenced' };
      case 'await':
        if (scripted?.['never'] !== true) this.wake(String(task['token']), scripted);
        return payload({ waits: true });
      case 'each':
        this.watchReads(task, `the list of ${String(task['step'])}`, this.stepOf(task).reads);
        return mayBegin ? payload(scripted ?? { items: [0, 1], atOnce: 10 }) : { error: 'Interlock.Fenced' };
      case 'gather':
        return this.gathered(task, scripted, mayBegin);
      case 'close':
        this.watchReads(task, `Close ${String(task['scope'])}`, this.plan.scopes[String(task['scope'])]?.reads ?? []);
        if (this.isFenced || task['fenced'] === true) return { error: 'Interlock.Fenced' };
        return payload(scripted ?? { outputs: { closed: task['scope'] ?? '' } });
      case 'raise':
        this.isFenced = true;
        return payload(scripted ?? {});
      case 'settle':
        return payload(scripted ?? { do: 'end', status: 'failed' });
      default:
        return payload(scripted ?? {});
    }
  }

  /** Not done yet: the same passage goes on. */
  private asking(task: Sent, step: PlanStep, scripted: Answer | undefined): TaskResult {
    const at = (task['at'] ?? null) as At | null;
    this.passages.delete(keyText(visitOf(step.path, at)));
    const counted = step.repeats ? { at: (at ?? { visit: 1, tries: {} }) as unknown as Json } : {};
    return payload({
      out: {},
      go: 'ask',
      seconds: scripted?.['seconds'] ?? 1,
      poll: scripted?.['poll'] ?? null,
      ...counted,
    });
  }

  /** The step's own passage; its items are passages of theirs. */
  private gathered(task: Sent, scripted: Answer | undefined, mayBegin: boolean): TaskResult {
    if (!mayBegin) return { error: 'Interlock.Fenced' };
    const step = this.stepOf(task);
    const at = (task['at'] ?? null) as At | null;
    this.watchPassage(step.path, at);
    const go = typeof scripted?.['go'] === 'string' ? scripted['go'] : 'next';
    const out = scripted?.['out'] ?? { of: [`${step.path} ${this.asked.get('gather') ?? 1}`] };
    this.outputs.set(step.path, out);
    return payload({ out, go, ...(step.repeats && { at: nextAt(step, at, go) as unknown as Json }) });
  }

  /** Somebody answers, or the fence wakes it. */
  private wake(token: string, scripted: Answer | undefined): void {
    const { answered, failed: why } = scripted ?? {};
    this.clock.after(
      Number(answered ?? 1) * 1000,
      () => void this.onToken(token, typeof why === 'string' ? why : undefined),
    );
  }

  private stepOf(task: Sent): PlanStep {
    const step = this.plan.steps[String(task['step'])];
    assert(step, `a machine calls steps of its plan (${String(task['step'])})`);
    return step;
  }

  private watchCall(call: TaskCall, task: Sent): void {
    const step = this.stepOf(task);
    this.watchFunction(call, step.path, this.plan.operations[step.operation]?.system ?? '');
    this.watchReads(task, step.path, step.reads);
    if (step.repeats !== Object.hasOwn(task, 'at')) this.faults.push(`${step.path} counts its visits: ${step.repeats}`);
  }

  private watchFunction(call: TaskCall, who: string, system: string): void {
    const called = (call.arguments as JsonObject)['FunctionName'];
    const wanted = placeholder(callPlaceholder(system));
    if (called !== wanted) this.faults.push(`${who} calls ${String(called)}, not ${wanted}`);
  }

  /** A ref is the latest answer of its step, or null if that was not passed. Behind a broken join it may be lost. */
  private watchReads(task: Sent, who: string, reads: readonly string[]): void {
    const refs = (task['refs'] ?? {}) as JsonObject;
    if (JSON.stringify(Object.keys(refs)) !== JSON.stringify(reads)) {
      this.faults.push(`${who} is given ${Object.keys(refs).join()} and reads ${reads.join()}`);
    }
    if (task['fenced'] === true || this.isFenced) return;
    for (const path of reads) {
      const latest = this.outputs.get(path) ?? null;
      if (JSON.stringify(refs[path]) !== JSON.stringify(latest)) {
        this.faults.push(`${who} reads ${JSON.stringify(refs[path])} of ${path}, which gave ${JSON.stringify(latest)}`);
      }
    }
  }

  private watchPassage(path: string, at: At | null): void {
    const key = keyText(visitOf(path, at));
    if (this.passages.has(key)) this.faults.push(`the passage ${key} comes twice`);
    this.passages.add(key);
  }
}

/** A repair does not take its step's own actions, so it always ends its visit. */
function passed(at: At | null): At {
  return { visit: (at?.visit ?? 1) + 1, tries: {} };
}

function taskOf(call: TaskCall): Sent {
  const sent = call.arguments as JsonObject;
  if (call.resource === 'arn:aws:states:::sqs:sendMessage') return { op: 'letter', body: sent['MessageBody'] ?? null };
  if (call.resource.endsWith(':sfn:startExecution')) return { op: 'hand-over', ...sent };
  return sent['Payload'] as Sent;
}

function failed({ error = '', cause }: Answer): TaskResult {
  return { error, ...(cause !== undefined && { cause }) };
}

function payload(answer: JsonObject): TaskResult {
  return { output: { ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 } };
}

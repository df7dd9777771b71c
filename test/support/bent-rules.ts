/**
 * Rules of the run contract, each taken out of what a run stands on: journals that do not ask, plans and machines that say
 * something else, ports between which the world is another one. None of them touches the product.
 */
import type { StateMachineDefinition } from '../../lib/model/asl.ts';
import { MemoryCallbacks } from '../../lib/rehearse/memory-callbacks.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { MemoryLocks } from '../../lib/rehearse/memory-protection.ts';
import type { Rehearsal, RehearsedWorkflow } from '../../lib/rehearse/rehearsal.ts';
import type { Plan, PlanStep } from '../../lib/model/plan.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../lib/runtime/ports/http.ts';
import type { Journal } from '../../lib/runtime/ports/journal.ts';
import type { Bend } from './interleaving.ts';
import { MUTANT_JOURNALS } from './mutant-journals.ts';

type Given<M extends keyof Journal> = Parameters<Journal[M]>;

/** One of those that the mutation sweep has, by a part of its name. */
export function journalWithout(name: string): Bend {
  const found = MUTANT_JOURNALS.find((one) => one.name.includes(name));
  if (!found) throw new Error(`there is no journal whose name has ${name}`);
  return { journal: found.make };
}

export function plannedAs(change: (plan: Plan) => Plan): Bend {
  return { workflow: (workflow) => ({ ...workflow, plan: change(workflow.plan) }) };
}

export function withStep(plan: Plan, path: string, change: (step: PlanStep) => Partial<PlanStep>): Plan {
  const step = plan.steps[path];
  if (!step) throw new Error(`the plan has no step ${path}`);
  return { ...plan, steps: { ...plan.steps, [path]: { ...step, ...change(step) } } };
}

/** [2] The check lets it pass, and a value that is missing is sent as a text. */
export function withUndoOfNull(plan: Plan): Plan {
  const { undo } = plan.steps['first'] ?? {};
  const [name = ''] = undo?.kind === 'calls' ? undo.calls : [];
  const call = plan.calls[name];
  if (undo?.kind !== 'calls' || !call) throw new Error('the first step has an undo');
  const parameters = call.parameters.map((one) => ({ ...one, value: { kind: 'literal', value: 'null' } as const }));
  const calls = { ...plan.calls, [name]: { ...call, parameters } };
  return withStep({ ...plan, calls }, 'first', () => ({ undo: { ...undo, whenInDoubt: 'undo' } }));
}

/** [4] Whoever waits for a doubt waits for no grace; the systems go on as the description promises. */
export const GRACELESS: Bend = {
  ...plannedAs((plan) => ({ ...plan, steps: graceless(plan.steps), calls: graceless(plan.calls) })),
  within: (rehearsal) => void Object.assign(rehearsal['network']['options'], { graceOf: () => 10_000 }),
};

function graceless<T extends { readonly graceMs: number }>(calls: {
  readonly [name: string]: T;
}): {
  [name: string]: T;
} {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, { ...call, graceMs: 0 }]));
}

export function machineAs(
  change: (states: StateMachineDefinition['States']) => StateMachineDefinition['States'],
): Bend {
  return {
    workflow: (workflow: RehearsedWorkflow) => {
      const { machine } = workflow;
      return { ...workflow, machine: { ...machine, States: change(machine.States) } };
    },
  };
}

/** [3] What is in doubt is taken for what never was. */
export class DoubtIsAbsent extends MemoryJournal {
  override async decide(...[run, verdict, owner]: Given<'decide'>): ReturnType<Journal['decide']> {
    const { verdict: said } = verdict;
    return await super.decide(run, said === 'in-doubt' ? { ...verdict, verdict: 'absent' } : verdict, owner);
  }
}

/** [5] What a repeat has settled is quiet at once, whatever the attempt before it may still do. */
export class QuietOnceApplied extends MemoryJournal {
  override async apply(...[run, outcome]: Given<'apply'>): ReturnType<Journal['apply']> {
    return await super.apply(run, { ...outcome, quietAfter: outcome.endedAt });
  }
}

/** [6] An undo that was repeated is quiet at once. */
export class UndoIsQuiet extends MemoryJournal {
  override async recordUndo(...[run, record]: Given<'recordUndo'>): ReturnType<Journal['recordUndo']> {
    const { quietAfter: _, ...quiet } = record;
    return await super.recordUndo(run, quiet);
  }
}

/** [10] A corrected input is never read. */
export class FirstInputOnly extends MemoryJournal {
  override async input(...[run]: Given<'input'>): ReturnType<Journal['input']> {
    const [first] = this['runs'].get(run)?.inputs.values() ?? [];
    return first;
  }
}

/** [25] Nobody knows when something was begun. */
export class Timeless extends MemoryJournal {
  override async record(...[run]: Given<'record'>): ReturnType<Journal['record']> {
    const record = await super.record(run);
    if (!record) return undefined;
    const intents = record.header.intents.map((intent) => ({ ...intent, at: 0 }));
    return { ...record, header: { ...record.header, intents } };
  }
}

/** [20] The end of the time does not exclude an answer. */
export class AnsweredLate extends MemoryCallbacks {
  override async answer(...given: Parameters<MemoryCallbacks['answer']>): ReturnType<MemoryCallbacks['answer']> {
    const answered = await super.answer(...given);
    return answered.kind === 'closed' ? { kind: 'kept' } : answered;
  }
}

/** [22] A lock is over a minute after it was given, whatever its owner does. */
export class LockByTime extends MemoryLocks {
  override async acquire(...[ask]: Parameters<MemoryLocks['acquire']>): ReturnType<MemoryLocks['acquire']> {
    const answer = await super.acquire(ask);
    if (answer.kind !== 'waiting' || ask.at < answer.owner.since + 60_000) return answer;
    return { kind: 'granted', token: 2 };
  }
}

/** [11] A visit that is done anew has the key that it had. */
export function keepingKeys(rehearsal: Rehearsal): void {
  const keys = new Map<string, string>();
  const first = (caller: string, key: string): string => {
    keys.set(caller, keys.get(caller) ?? key);
    return keys.get(caller) ?? key;
  };
  betweenNetworkAnd(rehearsal, async (send, request, caller) => {
    const headers = request.headers.map(
      ([name, value]) => [name, name.toLowerCase() === 'idempotency-key' ? first(caller, value) : value] as const,
    );
    return await send({ ...request, headers });
  });
}

/** [23] Whatever has no answer was never sent. */
export function missingIsNotSent(rehearsal: Rehearsal): void {
  betweenNetworkAnd(rehearsal, async (send, request) => {
    const answer = await send(request);
    return answer.kind === 'no-answer' ? { kind: 'not-sent', why: 'connection-refused' } : answer;
  });
}

type Passing = (
  send: (request: HttpRequest) => Promise<HttpAnswer>,
  request: HttpRequest,
  caller: string,
) => Promise<HttpAnswer>;

function betweenNetworkAnd(rehearsal: Rehearsal, pass: Passing): void {
  const network = rehearsal['network'];
  const from = network.from.bind(network);
  network.from = (caller: string): Http => ({
    send: (request, limits) => pass((sent) => from(caller).send(sent, limits), request, caller),
  });
}

/** [14] The event of an execution's end speaks for whichever epoch the run is in. */
export function endsOfAnyEpoch(rehearsal: Rehearsal): void {
  const after = rehearsal['after'].bind(rehearsal);
  rehearsal['after'] = async (ended) => await after({ ...ended, epoch: (await rehearsal.header()).epoch });
}

/** Nobody answers, and no execution is ended from outside: what sleeps is woken, or sleeps on. */
export function unanswered(rehearsal: Rehearsal): void {
  rehearsal['people'].told = () => undefined;
  rehearsal.executions.stop = () => Promise.resolve();
}

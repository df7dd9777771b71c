/** Which states, catches and retries of a workflow's machines a history has been through. */
import type { HistoryEvent } from '../engine/history.ts';
import type { State } from '../model/asl.ts';
import { statesOf } from '../model/states-of.ts';
import type { RehearsedWorkflow } from './rehearsal.ts';

/** `state <machine>/<name>`, `catch <machine>/<name> <errors>`, `retry <machine>/<name> <errors>`. */
export type Covered = string;

type Errors = { readonly ErrorEquals: readonly string[] };

interface Machine {
  readonly name: string;
  readonly states: ReadonlyMap<string, State>;
}

export class Coverage {
  /** Everything that there is, in the order of the machines. */
  readonly all: readonly Covered[];
  private readonly main: Machine;
  private readonly undo: Machine;

  constructor({ machine, undoMachine }: RehearsedWorkflow) {
    this.main = { name: 'run', states: statesOf(machine) };
    this.undo = { name: 'undo', states: statesOf(undoMachine) };
    this.all = [this.main, this.undo].flatMap(everythingIn);
  }

  of(histories: ReadonlyMap<string, readonly HistoryEvent[]>): readonly Covered[] {
    const covered = new Set<Covered>();
    for (const [id, events] of histories) {
      const machine = /-undo-\d+$/.test(id) ? this.undo : this.main;
      follow(events, machine, (one) => void covered.add(one));
    }
    return [...covered];
  }
}

function everythingIn({ name, states }: Machine): readonly Covered[] {
  return [...states].flatMap(([state, definition]) => [
    `state ${name}/${state}`,
    ...recoveries(definition, 'Catch').map((one) => `catch ${name}/${state} ${one.ErrorEquals.join(', ')}`),
    ...recoveries(definition, 'Retry').map((one) => `retry ${name}/${state} ${one.ErrorEquals.join(', ')}`),
  ]);
}

function recoveries(state: State, kind: 'Catch' | 'Retry'): readonly Errors[] {
  return (kind in state ? (state as { readonly [K in typeof kind]?: readonly Errors[] })[kind] : undefined) ?? [];
}

/** Failures and what they led to: another attempt, or out of the state by a catch. */
function follow(events: readonly HistoryEvent[], machine: Machine, note: (one: Covered) => void): void {
  const stateAt = new Map<number, string>();
  const failedAt = new Map<number, string>();
  let lastError = '';
  for (const { id, previousEventId, type, details } of events) {
    const before = stateAt.get(previousEventId) ?? '';
    const state = type.endsWith('StateEntered') ? nameOf(details) : before;
    stateAt.set(id, state);
    if (type.endsWith('StateEntered')) note(`state ${machine.name}/${state}`);
    const failure = failedAt.get(previousEventId);
    const led = failure === undefined ? undefined : type.endsWith('Scheduled') ? 'Retry' : exitOf(type);
    if (led !== undefined && failure !== undefined) noteRecovery({ machine, state: before, kind: led }, failure, note);
    if (!isFailure(type)) continue;
    lastError = errorOf(details) ?? lastError;
    failedAt.set(id, lastError);
  }
}

function exitOf(type: string): 'Catch' | undefined {
  return type.endsWith('StateExited') ? 'Catch' : undefined;
}

function isFailure(type: string): boolean {
  return /(Failed|TimedOut)$/.test(type) && !type.startsWith('Execution');
}

function nameOf(details: HistoryEvent['details']): string {
  return details !== undefined && 'name' in details ? details.name : '';
}

function errorOf(details: HistoryEvent['details']): string | undefined {
  return details !== undefined && 'error' in details ? details.error : undefined;
}

function noteRecovery(
  { machine, state, kind }: { readonly machine: Machine; readonly state: string; readonly kind: 'Catch' | 'Retry' },
  error: string,
  note: (one: Covered) => void,
): void {
  const definition = machine.states.get(state);
  const list = definition ? recoveries(definition, kind) : [];
  const found = list.find(({ ErrorEquals }) => ErrorEquals.includes(error)) ?? list.find(isGeneral);
  if (found) note(`${kind.toLowerCase()} ${machine.name}/${state} ${found.ErrorEquals.join(', ')}`);
}

function isGeneral({ ErrorEquals }: Errors): boolean {
  return ErrorEquals.includes('States.ALL') || ErrorEquals.includes('States.TaskFailed');
}

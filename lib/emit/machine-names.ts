/**
 * The names of one machine, by what they name. The key is the thing's identity, so that a step called `a done` and the
 * choice after the step `a` never become one state, however alike the names are that they want.
 */
import { HAND_OVER } from './hand-over.ts';
import { Names } from './names.ts';
import { SETTLEMENT_NAMES } from './settlement.ts';

export class MachineNames {
  private readonly states = Names.ofStates();
  private readonly variables = Names.ofVariables();

  constructor() {
    for (const name of [...SETTLEMENT_NAMES, HAND_OVER]) this.states.of(`settlement\n${name}`, name);
  }

  /** A step's Task, or a Parallel. */
  node(name: string): string {
    return this.states.of(`node\n${name}`, name);
  }

  /** Asking, choosing, waiting. */
  lock(): readonly [string, string, string] {
    const name = (what: string): string => this.states.of(`lock\n${what}`, what);
    return [name('Lock'), name('Locked?'), name('Lock wait')];
  }

  close(scope: string): string {
    return this.states.of(`close\n${scope}`, scope === '' ? 'Close' : `Close ${scope}`);
  }

  choice(step: string): string {
    return this.states.of(`choice\n${step}`, `${step} done`);
  }

  wait(label: string): string {
    return this.states.of(`wait\n${label}`, `${ownerOf(label)} wait`);
  }

  repair(label: string, step: string): string {
    return this.states.of(`repair\n${label}`, `${step} (repair of ${ownerOf(label)})`);
  }

  /** Of a step that is done for each of a list, whose own name is that of reading the list. */
  items(step: string): string {
    return this.states.of(`items\n${step}`, `${step} items`);
  }

  item(step: string): string {
    return this.states.of(`item\n${step}`, `${step} item`);
  }

  gathered(step: string): string {
    return this.states.of(`gathered\n${step}`, `${step} gathered`);
  }

  /** Of a step that asks until something is done, whose own name is that of its Wait. */
  asks(step: string): string {
    return this.states.of(`asks\n${step}`, `${step} asks`);
  }

  /** What it was answered last. */
  said(step: string, depth: number): string {
    return this.variables.of(`said\n${depth}\n${step}`, `said ${step} ${depth}`);
  }

  /** Of a step that waits for a person or a message: waiting, and the step's own Task. Its own name is that of what opens the slot. */
  awaits(step: string): string {
    return this.states.of(`awaits\n${step}`, `${step} waits`);
  }

  answered(step: string): string {
    return this.states.of(`answered\n${step}`, `${step} answered`);
  }

  joined(parallel: string): string {
    return this.states.of(`joined\n${parallel}`, `${parallel} joined`);
  }

  broken(parallel: string): string {
    return this.states.of(`broken\n${parallel}`, `${parallel} broken`);
  }

  branchDone(entry: string): string {
    return this.states.of(`branch\n${entry}`, `${entry} branch done`);
  }

  failed(state: string): string {
    return this.states.of(`failed\n${state}`, `${state} failed`);
  }

  ended(state: string): string {
    return this.states.of(`ended\n${state}`, `${state} ended`);
  }

  /** A branch's variable never has an outer one's name; on the way to a step there is one region of each depth. */
  outputs(step: string, depth: number): string {
    return this.variables.of(`outputs\n${depth}\n${step}`, depth === 0 ? step : `${step}_${depth}`);
  }

  count(step: string, depth: number): string {
    return this.variables.of(`count\n${depth}\n${step}`, `at ${step} ${depth}`);
  }

  /** Whether a branch failed, for the root or for the branches of a Parallel. */
  brokenJoin(depth: number, parallel: string): string {
    return this.variables.of(`broken\n${depth}\n${parallel}`, depth === 0 ? 'broken' : `broken ${depth} ${parallel}`);
  }
}

/** `retry pay#again` -> `pay#again`. */
function ownerOf(label: string): string {
  return label.slice('retry '.length);
}

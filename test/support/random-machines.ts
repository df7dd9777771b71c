/**
 * Machines made from a seed, for the engine's simulation: every state type and every way in which a task is answered
 * (at once, late, by token, by another execution), nested Parallels and Maps of both kinds, retries with jitter,
 * time-outs, catchers, variables, randomness, expressions that fail now and then. Transitions only lead forward, so each
 * machine has an end.
 */
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { State, StateMachineDefinition, SubMachine } from '../../lib/model/asl.ts';
import { INVOKE } from './engine-harness.ts';

export interface MachineOptions {
  /** Whether states may fail for good: without, every failure is retried until it is none, and the machine succeeds. */
  readonly failing: boolean;
  /** Three branches of one or two states each, and a state that draws after them: much happens at one instant. */
  readonly wide?: boolean;
}

export const CALLBACK: string = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
export const CHILD: string = 'child';

/** What `states:startExecution` starts. */
export const CHILD_MACHINE: StateMachineDefinition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Ask',
  States: {
    Ask: { Type: 'Task', Resource: INVOKE, Arguments: { n: '{% $states.input.n %}', tag: 3 }, Next: 'Draw' },
    Draw: { Type: 'Pass', Output: { n: '{% $states.input.n %}', drawn: '{% $uuid() %}' }, End: true },
  },
};

export function randomMachine(seed: number, options: MachineOptions): StateMachineDefinition {
  const maker = new Maker(new RandomSource(seed), options);
  return { QueryLanguage: 'JSONata', ...(options.wide === true ? maker.wide() : maker.region(2, 4)) };
}

/** At most two failures come before the answer of a task, and every machine retries more often. */
const FLAKY = { ErrorEquals: ['Flaky', 'States.Timeout'], MaxAttempts: 4 };

class Maker {
  readonly #random: RandomSource;
  readonly #failing: boolean;
  #names = 0;

  constructor(random: RandomSource, { failing }: MachineOptions) {
    this.#random = random;
    this.#failing = failing;
  }

  wide(): SubMachine {
    const Branches = Array.from({ length: 3 }, () => this.region(1, 2));
    const All = { Type: 'Parallel', Branches, Output: this.#gathered(), Next: 'After' };
    const After = { Type: 'Pass', Output: ['{% $states.input %}', '{% $uuid() %}'], End: true };
    return { StartAt: 'All', States: { All, After } as unknown as SubMachine['States'] };
  }

  region(depth: number, length: number): SubMachine {
    const names = Array.from({ length: 1 + this.#below(length) }, () => this.#name());
    const entries = names.map((name, index): [string, object] => [name, this.#state(depth, names.slice(index + 1))]);
    return { StartAt: names[0] as string, States: Object.fromEntries(entries) as { readonly [name: string]: State } };
  }

  /** `later` are the states that it may go to. */
  #state(depth: number, later: readonly string[]): object {
    const [next] = later;
    const leaving = next === undefined ? { End: true } : { Next: next };
    const kinds = [
      'pass',
      'task',
      'task',
      'task',
      'callback',
      'start',
      'wait',
      next === undefined ? 'succeed' : 'choice',
      ...(depth > 0 ? ['parallel', 'parallel', 'map', 'map', 'distributed'] : []),
    ];
    switch (this.#failing && this.#chance(0.03) ? 'fail' : this.#pick(kinds)) {
      case 'task':
        return { ...this.#task(), ...this.#recovery(later), ...leaving };
      case 'callback':
        return { ...this.#callback(), ...this.#recovery(later), ...leaving };
      case 'start':
        return { ...this.#start(), ...this.#recovery(later), ...leaving };
      case 'wait':
        return { Type: 'Wait', Seconds: this.#below(4) * 30, ...leaving };
      case 'succeed':
        return { Type: 'Succeed', Output: this.#output('$states.input.n') };
      case 'choice':
        return this.#choice(later);
      case 'parallel':
        return { ...this.#parallel(depth), ...this.#recovery(later), ...leaving };
      case 'map':
        return { ...this.#map(depth), ...this.#recovery(later), ...leaving };
      case 'distributed':
        return { ...this.#distributed(), ...this.#recovery(later), ...leaving };
      case 'fail':
        return { Type: 'Fail', Error: this.#pick(['Sad', 'Bad']) };
      default:
        return { Type: 'Pass', Assign: this.#assign(), Output: this.#output('$states.input.n'), ...leaving };
    }
  }

  #choice(later: readonly string[]): object {
    const rule = { Condition: '{% $states.input.n > 2 %}', Assign: this.#assign(), Next: this.#pick(later) };
    return { Type: 'Choice', Choices: [rule], Default: this.#pick(later) };
  }

  #task(): object {
    const patience = this.#chance(0.2) ? { TimeoutSeconds: 20 } : {};
    const hangs = 'TimeoutSeconds' in patience && this.#chance(0.5);
    const Arguments = { n: '{% $states.input.n %}', tag: this.#below(1000), hangs };
    return { Type: 'Task', Resource: INVOKE, Arguments, ...patience, Output: this.#output('$states.result.n') };
  }

  #callback(): object {
    const Arguments = { n: '{% $states.input.n %}', tag: this.#below(1000), token: '{% $states.context.Task.Token %}' };
    return {
      Type: 'Task',
      Resource: CALLBACK,
      Arguments,
      TimeoutSeconds: 100_000,
      Output: this.#output('$states.result.n'),
    };
  }

  #start(): object {
    return {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: CHILD, Input: { n: '{% $states.input.n %}' } },
      Output: { ...this.#output('$states.result.Output.n'), drawn: '{% $states.result.Output.drawn %}' },
    };
  }

  #parallel(depth: number): object {
    const Branches = Array.from({ length: 1 + this.#below(3) }, () => this.region(depth - 1, 3));
    const given = this.#chance(0.3) ? { Arguments: { n: '{% $states.input.n %}', mark: '{% $random() %}' } } : {};
    return { Type: 'Parallel', Branches, ...given, Output: this.#gathered() };
  }

  #map(depth: number): object {
    return {
      ...this.#items(),
      MaxConcurrency: this.#below(3),
      ItemProcessor: this.region(depth - 1, 2),
      Output: this.#gathered(),
    };
  }

  #distributed(): object {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const ItemProcessor = { ProcessorConfig, ...this.region(0, 2) };
    const tolerance = this.#failing && this.#chance(0.5) ? { ToleratedFailurePercentage: 100 } : {};
    const Label = this.#name();
    const Output = this.#gathered();
    return { ...this.#items(), MaxConcurrency: this.#below(3), Label, ItemProcessor, ...tolerance, Output };
  }

  #items(): object {
    const item = { n: '{% $states.context.Map.Item.Value.n %}', at: '{% $states.context.Map.Item.Index %}' };
    const ItemSelector = { ...item, mark: '{% $uuid() %}' };
    const Items = Array.from({ length: this.#below(4) }, () => ({ n: this.#below(5) }));
    return { Type: 'Map', Items, ...(this.#chance(0.5) && { ItemSelector }) };
  }

  /** All results in their order, so that a result in the wrong place shows. */
  #gathered(): object {
    return { ...this.#output('$count($states.result)'), all: '{% $string($states.result) %}' };
  }

  #recovery(later: readonly string[]): object {
    const own = {
      ErrorEquals: [this.#pick(['Bad', 'States.ALL'])],
      MaxAttempts: this.#below(4),
      JitterStrategy: this.#pick(['NONE', 'FULL']),
    };
    const [Next] = later;
    const Catch = [{ ErrorEquals: [this.#pick(['Sad', 'States.ALL'])], Output: { n: 9 }, Next }];
    return {
      Retry: [{ ...FLAKY, JitterStrategy: this.#pick(['NONE', 'NONE', 'FULL']) }, ...(this.#chance(0.6) ? [own] : [])],
      ...(Next !== undefined && this.#chance(0.6) && { Catch }),
    };
  }

  #assign(): object {
    return { [`v${this.#names}`]: this.#pick(['{% $states.input.n %}', '{% $uuid() %}', '{% [$random()] %}']) };
  }

  #output(expression: string): { readonly n: string } {
    return { n: this.#failing && this.#chance(0.03) ? '{% $nowhere %}' : `{% ${expression} %}` };
  }

  #name(): string {
    this.#names += 1;
    return `S${this.#names}`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }
}

/**
 * Machines made from a seed, for the engine's simulation: every state type, nested Parallels and Maps, retries, catchers,
 * variables, expressions that fail now and then. Transitions only lead forward, so each machine has an end.
 */
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { State, StateMachineDefinition, SubMachine } from '../../lib/model/asl.ts';
import { INVOKE } from './engine-harness.ts';

export interface MachineOptions {
  /** Whether states may fail: without, every machine succeeds. */
  readonly failing: boolean;
}

export function randomMachine(seed: number, options: MachineOptions): StateMachineDefinition {
  const maker = new Maker(new RandomSource(seed), options);
  return { QueryLanguage: 'JSONata', ...maker.region(2, 4) };
}

class Maker {
  readonly #random: RandomSource;
  readonly #failing: boolean;
  #names = 0;

  constructor(random: RandomSource, { failing }: MachineOptions) {
    this.#random = random;
    this.#failing = failing;
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
      'wait',
      ...(next === undefined ? [] : ['choice']),
      ...(depth > 0 ? ['parallel', 'map'] : []),
    ];
    switch (this.#failing && this.#chance(0.03) ? 'fail' : this.#pick(kinds)) {
      case 'task':
        return { ...this.#task(), ...this.#recovery(later), ...leaving };
      case 'wait':
        return { Type: 'Wait', Seconds: this.#below(100_000), ...leaving };
      case 'choice':
        return {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.n > 2 %}', Next: this.#pick(later) }],
          Default: this.#pick(later),
        };
      case 'parallel':
        return { ...this.#parallel(depth), ...this.#recovery(later), ...leaving };
      case 'map':
        return { ...this.#map(depth), ...this.#recovery(later), ...leaving };
      case 'fail':
        return { Type: 'Fail', Error: this.#pick(['Sad', 'Bad']) };
      default:
        return {
          Type: 'Pass',
          Assign: { [`v${this.#names}`]: '{% $states.input.n %}' },
          Output: this.#output('$states.input.n'),
          ...leaving,
        };
    }
  }

  #task(): object {
    const Output = this.#output('$states.result.n');
    return {
      Type: 'Task',
      Resource: INVOKE,
      Arguments: { n: '{% $states.input.n %}', tag: this.#below(1000) },
      Output,
    };
  }

  #parallel(depth: number): object {
    const Branches = Array.from({ length: 1 + this.#below(3) }, () => this.region(depth - 1, 3));
    return { Type: 'Parallel', Branches, Output: this.#output('$count($states.result)') };
  }

  #map(depth: number): object {
    return {
      Type: 'Map',
      Items: Array.from({ length: this.#below(4) }, () => ({ n: this.#below(5) })),
      MaxConcurrency: this.#below(3),
      ItemProcessor: this.region(depth - 1, 2),
      Output: this.#output('$count($states.result)'),
    };
  }

  #recovery(later: readonly string[]): object {
    const Retry = [
      {
        ErrorEquals: [this.#pick(['Bad', 'States.ALL'])],
        MaxAttempts: this.#below(4),
        JitterStrategy: this.#pick(['NONE', 'FULL']),
      },
    ];
    const [Next] = later;
    const Catch = [{ ErrorEquals: [this.#pick(['Sad', 'States.ALL'])], Output: { n: 9 }, Next }];
    return { ...(this.#chance(0.6) && { Retry }), ...(Next !== undefined && this.#chance(0.6) && { Catch }) };
  }

  #output(expression: string): object {
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

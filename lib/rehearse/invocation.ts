/**
 * One invocation of a handler: real ports behind a gate, at which it can be killed (it never goes on), paused (it goes on
 * much later, as a process does that was frozen) or be refused by its store, before or after the write. Between the last
 * look at the clock and the request there is no gate but death: that the handler looks right before it sends is what its
 * lease rests on.
 */
import type { Clock } from '../model/time.ts';
import { Failure } from '../model/failure.ts';
import type { Http } from '../runtime/ports/http.ts';
import type { Journal } from '../runtime/ports/journal.ts';
import { delay } from '../runtime/retry.ts';
import type { Chance, Gates } from './chance.ts';
import type { Watch } from './prelude.ts';
import type { Weather } from './weather.ts';

export interface InvocationOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Weather;
  /** What is invoked, as its faults are named. */
  readonly name: string;
  readonly watch: Pick<Watch, 'sleeps' | 'wakes'>;
}

export class Invocation {
  /** Resolves when it was killed; never where it was not. */
  readonly killed: Promise<void>;
  readonly name: string;
  private isOver = false;
  private readonly options: InvocationOptions;
  private readonly gates: Gates;
  private die: () => void = () => undefined;

  constructor(options: InvocationOptions) {
    this.options = options;
    this.name = options.name;
    this.gates = options.chance.gates(options.name, options.weather);
    this.killed = new Promise((resolve) => {
      this.die = resolve;
    });
  }

  /** From here on nothing of it happens any more. */
  kill(): void {
    this.isOver = true;
    this.die();
  }

  http(http: Http): Http {
    return {
      send: async (request, limits) => {
        await this.gate('before the request', false);
        this.options.chance.midway(this.name);
        const answer = await http.send(request, limits);
        await this.gate('after the answer', true);
        return answer;
      },
    };
  }

  journal(journal: Journal): Journal {
    return new Proxy(journal, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        // Every member of the port is a method that answers later.
        return (...given: unknown[]) => this.asked(String(name), () => Reflect.apply(method, target, given));
      },
    });
  }

  private async asked(name: string, ask: () => unknown): Promise<unknown> {
    const { chance, weather, name: whose } = this.options;
    await this.gate(`before ${name}`, true);
    await this.pass(chance.between('way to the store', 0, 12));
    if (chance.fires(`store-before ${name}`, weather['store-before'], whose)) throw throttled(name);
    const answer = await ask();
    await this.pass(chance.between('way from the store', 0, 12));
    if (chance.fires(`store-after ${name}`, weather['store-after'], whose)) throw throttled(name);
    await this.gate(`after ${name}`, true);
    return answer;
  }

  /** Here fate may strike. */
  private async gate(name: string, mayPause: boolean): Promise<void> {
    const struck = this.gates.struckAt(name);
    if (struck?.isKilled === true) this.kill();
    else if (struck && mayPause && struck.pauseMs > 0) await this.sleep(struck.pauseMs);
    if (this.isOver) await never();
  }

  private async sleep(ms: number): Promise<void> {
    const { clock, watch } = this.options;
    watch.sleeps();
    await delay(clock, ms);
    watch.wakes();
    if (this.isOver) await never();
  }

  private async pass(ms: number): Promise<void> {
    await delay(this.options.clock, ms);
    if (this.isOver) await never();
  }
}

/** A promise of its own each time: a shared one would hold on to everybody who ever waited for it. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

function throttled(name: string): Failure {
  return new Failure('store-throttled', `The store did not take ${name}`);
}

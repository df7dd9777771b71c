/**
 * A machine whose process can be killed right after any of its commits, in virtual time: what was committed is in the
 * file, nothing that came after it happened. A killed life is frozen: its writes never end, its requests are never
 * answered, its clock stands still. The next life opens the same file, as the operating system would let it.
 */
// Loaded before virtual time begins, which does not wait for a disk.
import 'ajv/dist/2020.js';
import 're2js';
import type { CompiledWorkflow } from '../../lib/compile/compile.ts';
import { Database } from '../../lib/embedded/database.ts';
import { operate, type Operated, type OperatorAsked } from '../../lib/embedded/operate.ts';
import { RunHost } from '../../lib/embedded/run-host.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import type { Json } from '../../lib/model/json.ts';
import type { RunView } from '../../lib/model/run.ts';
import type { ShopWorld } from './shop-world.ts';

class MortalDatabase extends Database {
  readonly died: Promise<'died'>;
  private readonly die: () => void;
  private last = Number.POSITIVE_INFINITY;

  constructor(path: string) {
    super(path, SCHEMA);
    const { promise, resolve } = Promise.withResolvers<'died'>();
    this.died = promise;
    this.die = () => resolve('died');
  }

  /** From now on. */
  dieAfter(commits: number): void {
    this.last = this.counts.commits + commits;
  }

  get isDead(): boolean {
    return this.counts.commits >= this.last;
  }

  override write<T>(work: () => T): Promise<T> {
    if (this.isDead) return new Promise(() => undefined);
    return super.write(work).then((value) => {
      if (!this.isDead) return value;
      this.die();
      return new Promise(() => undefined);
    });
  }
}

export interface LifeOptions {
  readonly file: string;
  readonly world: ShopWorld;
  /** When it begins. */
  readonly at: number;
  readonly seed: number;
}

export class Life {
  readonly clock: VirtualClock;
  readonly host: RunHost;
  readonly database: MortalDatabase;

  constructor({ file, world, at, seed }: LifeOptions) {
    const database = new MortalDatabase(file);
    const clock = new VirtualClock({ start: at, idle: () => quiet(database) });
    const place = world.place(clock, () => database.isDead);
    const placeOf = (): Promise<typeof place> => Promise.resolve(place);
    this.database = database;
    this.clock = clock;
    this.host = new RunHost({ database, clock, random: new RandomSource(seed), placeOf });
    this.begin = async (workflow, input) => {
      await host.start({ workflow, input, actor: 'tester', runId: 'r-1', place, kept: {} });
    };
    const { host } = this;
  }

  readonly begin: (workflow: CompiledWorkflow, input: Json) => Promise<void>;

  /** Lets time pass until the work is done, or the process has died over it. */
  async until<T>(work: Promise<T>): Promise<T | 'died'> {
    return await this.clock.runUntil(Promise.race([work, this.database.died]));
  }

  async operate(asked: OperatorAsked): Promise<Operated | 'died'> {
    return await this.until(operate(this.host, asked, () => undefined));
  }

  async atRest(): Promise<RunView | 'died'> {
    return await this.until(this.host.ended('r-1'));
  }

  close(): void {
    this.database.close();
  }
}

async function quiet(database: Database): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (database.busy);
}

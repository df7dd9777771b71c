/** What handlers need besides clock, network and journal, made for one rehearsed run: in memory, with one known secret. */
import { assert } from '../model/assert.ts';
import type { Clock } from '../model/time.ts';
import { type TokenAnswer, Tokens } from '../runtime/auth/tokens.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import { Protector, type ProtectorMemory } from '../runtime/protect/protector.ts';
import { simulatedSecret } from '../simulate/simulated-environment.ts';
import { MemoryCallbacks } from './memory-callbacks.ts';
import { MemoryMailboxes } from './memory-mailboxes.ts';
import { MemoryBreakers, MemoryLocks, MemoryPermits, MemoryRates } from './memory-protection.ts';
import { mapped, type Remembering, together } from './remembering.ts';
import type { Beside } from './rehearsal.ts';

/** Every credential of a rehearsal: found anywhere but in a request, it has leaked. */
export const REHEARSED_SECRET = 'secret-of-the-rehearsal-7d41e9';

export function rehearsedPorts(environments: Environments): (clock: Clock) => Beside {
  return (clock) => {
    return {
      environments,
      secrets: {
        resolve: (reference) => Promise.resolve(simulatedSecret(reference, REHEARSED_SECRET)),
        awsKeys: () => Promise.resolve({ accessKeyId: 'rehearsed', secretAccessKey: REHEARSED_SECRET }),
      },
      blobs: new RehearsedBlobs(),
      protection: new RehearsedProtection(clock),
      locks: new MemoryLocks(),
      callbacks: new MemoryCallbacks(),
      mailboxes: new MemoryMailboxes(),
    };
  };
}

const RANDOM = { next: () => 0.5, uuid: () => '00000000-0000-4000-8000-000000000000' };

/** With its stores. */
class RehearsedProtection extends Protector {
  readonly books: Remembering;

  constructor(clock: Clock) {
    const [breakers, rates, permits] = [new MemoryBreakers(), new MemoryRates(), new MemoryPermits()];
    super({ breakers, rates, permits, clock, random: RANDOM, telemetry: { log: () => undefined } });
    const known: Remembering = {
      memory: () => this.memory(),
      // It is what another one of this class has given.
      recall: (memory) => this.recall(memory as ProtectorMemory),
    };
    this.books = together([known, breakers.books, rates.books, permits.books]);
  }
}

class RehearsedBlobs implements Blobs {
  private readonly bodies = new Map<string, string>();
  readonly books: Remembering = mapped(this.bodies);

  async put(run: string, id: string, body: string): Promise<void> {
    assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
    this.bodies.set(`${run} ${id}`, body);
  }

  async get(run: string, id: string): Promise<string | undefined> {
    return this.bodies.get(`${run} ${id}`);
  }

  async remove(run: string): Promise<void> {
    for (const name of this.bodies.keys()) if (name.startsWith(`${run} `)) this.bodies.delete(name);
  }

  secret(): Promise<string> {
    return Promise.resolve('key-of-the-digests-of-a-rehearsal');
  }
}

/** A token at once: how tokens are fetched is the network's time, not the run's, and is tested elsewhere. */
export class RehearsedTokens extends Tokens {
  override token(): Promise<TokenAnswer> {
    return Promise.resolve({ ok: true, token: REHEARSED_SECRET });
  }
}

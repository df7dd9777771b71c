/**
 * Arazzo documents made from a seed, for the emitter's simulation: nested sub-workflows in sequence and in parallel, with
 * every kind of action at every level, and ids that want each other's names. Workflows only call later ones, so none
 * calls itself; what the check refuses all the same is for the test to pass over.
 */
import { RandomSource } from '../../lib/engine/random-source.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';

const IDS = 'a-b aB a_b count failed error and in Close Undo Settle why s states broken a 1 x_1 x broken-1'.split(' ');

export function randomDescription(seed: number): JsonObject {
  return {
    arazzo: '1.1.0',
    info: { title: `Seed ${seed}`, version: '1.0.0' },
    sourceDescriptions: [{ name: 'shop', url: './openapi.yaml', type: 'openapi' }],
    workflows: new Maker(new RandomSource(spread(seed))).workflows(),
  };
}

/** Neighbouring seeds draw nearly the same first numbers, which would make nearly the same documents: drive them apart. */
export function spread(seed: number): number {
  return Number((BigInt(seed) * 0x9e3779b97f4a7c15n) & 0xffffffffffffn);
}

interface Ids {
  readonly own: readonly string[];
  /** Of those, the ones that call an operation. */
  readonly calling: ReadonlySet<string>;
}

class Maker {
  readonly #random: RandomSource;
  readonly #count: number;
  /** The root's last step leads back over its first, which calls a workflow of parallel steps: chance seldom makes that. */
  readonly #leadsBack: boolean;

  constructor(random: RandomSource) {
    this.#random = random;
    this.#leadsBack = this.#chance(0.3);
    this.#count = (this.#leadsBack ? 2 : 1) + this.#below(3);
  }

  workflows(): JsonObject[] {
    return Array.from({ length: this.#count }, (_, index) => this.#workflow(index));
  }

  #workflow(index: number): JsonObject {
    const isRoot = index === 0 && this.#leadsBack;
    const isBeside = index === 1 && this.#leadsBack;
    const own = this.#distinct((isRoot || isBeside ? 2 : 1) + this.#below(3));
    const calls = own.map((_, at) => (isRoot && at === 0 ? 'w1' : this.#later(index)));
    const calling = new Set(own.filter((_, at) => calls[at] === undefined));
    // A workflow that jumps keeps its order, so most do not.
    const isJumpy = !isBeside && this.#chance(index === 0 ? 0.7 : 0.25);
    const steps = own.map((id, at) => {
      const called = calls[at];
      const actions = isJumpy && this.#chance(0.7) ? this.#actions(index, { own, calling }) : {};
      const order = this.#chance(0.3) && at > 0 ? { dependsOn: [own[this.#below(at)] ?? ''] } : {};
      const work = called === undefined ? this.#operation(own.slice(0, at)) : this.#call(called);
      const back = isRoot && at === own.length - 1 ? { onSuccess: [goingBack(own[0] ?? '')] } : {};
      return { stepId: id, ...work, ...order, ...(isRoot && at === 0 ? {} : actions), ...back };
    });
    return {
      workflowId: `w${index}`,
      ...((isBeside || this.#chance(0.7)) && { 'x-interlock': { parallel: true } }),
      outputs: { n: `$steps.${this.#pick(own)}.outputs.n` },
      steps,
    };
  }

  /** A later workflow, or none: then an operation is called. */
  #later(index: number): string | undefined {
    const left = this.#count - index - 1;
    return left > 0 && this.#chance(0.6) ? `w${index + 1 + this.#below(left)}` : undefined;
  }

  #operation(before: readonly string[]): JsonObject {
    const read = before.filter(() => this.#chance(0.4));
    return {
      operationId: 'placeOrder',
      outputs: { n: '$response.body#/n' },
      ...(read.length > 0 && { requestBody: { payload: read.map((id) => `$steps.${id}.outputs.n`) } }),
    };
  }

  #call(workflowId: string): JsonObject {
    return { workflowId, outputs: { n: '$outputs.n' } };
  }

  #actions(index: number, ids: Ids): JsonObject {
    const onSuccess = this.#some(() => (this.#chance(0.3) ? { type: 'end' } : this.#goto(index, ids)));
    const onFailure = this.#some(() => (this.#chance(0.6) ? this.#retry(index, ids) : this.#goto(index, ids)));
    return {
      ...(onSuccess.length > 0 && { onSuccess: onSuccess.map(named('on')) }),
      ...(onFailure.length > 0 && { onFailure: onFailure.map(named('off')) }),
    };
  }

  /** Only the root may be left for another workflow. */
  #goto(index: number, { own }: Ids): JsonObject {
    const tail = index === 0 && this.#chance(0.6) ? this.#later(0) : undefined;
    if (tail !== undefined) return { type: 'goto', workflowId: tail };
    return { type: 'goto', stepId: this.#pick(own) };
  }

  #retry(index: number, { own, calling }: Ids): JsonObject {
    const repair = this.#chance(0.4) ? this.#later(index) : undefined;
    const step = own.filter((id) => calling.has(id) && this.#chance(0.3))[0];
    const first = repair === undefined ? (step === undefined ? {} : { stepId: step }) : { workflowId: repair };
    return { type: 'retry', retryAfter: 1, retryLimit: 9, ...first };
  }

  #some(make: () => JsonObject): readonly JsonObject[] {
    return Array.from({ length: this.#below(3) }, make);
  }

  #distinct(length: number): readonly string[] {
    const left = [...IDS];
    return Array.from({ length }, () => {
      const [id] = left.splice(this.#below(left.length), 1);
      assert(id !== undefined, 'there are more ids than a workflow has steps');
      return id;
    });
  }

  #pick(from: readonly string[]): string {
    return from[this.#below(from.length)] ?? '';
  }

  #below(bound: number): number {
    return Math.floor(this.#random.next() * bound);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }
}

function goingBack(stepId: string): JsonObject {
  return { name: 'back', type: 'goto', stepId, criteria: [{ condition: '$statusCode == 202' }] };
}

/** Each action has its own criterion: without one, those behind it could never be taken. */
function named(prefix: string): (action: JsonObject, index: number) => Json {
  return (action, index) => ({
    name: `${prefix}${index}`,
    ...action,
    criteria: [{ condition: `$statusCode == ${400 + index}` }],
  });
}

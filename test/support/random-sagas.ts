/**
 * Descriptions with effects made from a seed, over the systems of saga-systems.ts: steps in sequence and in parallel, in
 * sub-workflows, in loops; undone by id or by key, safely or not, by one call or a workflow; with keys, probes, retries
 * and actions, or without. What an author would be wrong to write is not made: a probe that asks by reference stands only
 * where a step is passed once.
 */
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { hashOf } from '../../lib/rehearse/chance.ts';
import { documentOf, KINDS, SHORT_RETENTION_MS, SYSTEMS } from './saga-systems.ts';

export interface RandomSaga {
  readonly files: { readonly [path: string]: string };
  /** How long its systems remember a key. */
  readonly retentionMs: number;
}

/** `lists`: half of what its steps make they make for each item of a list; of the others some ask until it is done. */
export function randomSaga(seed: number, { lists = false }: { readonly lists?: boolean } = {}): RandomSaga {
  const maker = new Maker(new RandomSource(hashOf(`saga ${seed}`)), lists);
  const description = maker.description(seed);
  const documents = SYSTEMS.map((system) => [`${system}.openapi.yaml`, JSON.stringify(documentOf(system))] as const);
  return {
    files: { 'workflow.arazzo.yaml': JSON.stringify(description, null, 1), ...Object.fromEntries(documents) },
    retentionMs: maker.retentionMs,
  };
}

interface Step {
  readonly stepId: string;
  readonly kind: number;
  readonly system: string;
  readonly isKeyed: boolean;
  readonly forEach?: JsonObject;
}

function refOf({ forEach }: Step): string {
  return forEach ? '$item' : '$inputs.ref';
}

class Maker {
  readonly retentionMs: number;
  readonly #random: RandomSource;
  readonly #isJumpy: boolean;
  readonly #lists: boolean;
  #kinds = 0;

  constructor(random: RandomSource, lists: boolean) {
    this.#random = random;
    this.#lists = lists;
    this.#isJumpy = this.#chance(0.3);
    this.retentionMs = this.#chance(0.3) ? SHORT_RETENTION_MS : 86_400_000;
  }

  description(seed: number): JsonObject {
    const inputs = {
      type: 'object',
      required: ['ref', 'amount'],
      properties: { ref: { type: 'string' }, amount: { type: 'integer' }, lines: { type: 'array' } },
    };
    const inner = this.#chance(0.4) ? this.#steps('i', 1 + this.#below(2)) : [];
    const own = this.#steps('s', 2 + this.#below(4));
    const calling = inner.length === 0 ? own : [...own, { stepId: 'sub', workflowId: 'inner', ...this.#subOrder(own) }];
    return {
      arazzo: '1.1.0',
      info: { title: `Saga ${seed}`, version: '1.0.0' },
      sourceDescriptions: SYSTEMS.map((name) => ({
        name,
        url: `./${name}.openapi.yaml`,
        type: 'openapi',
        'x-interlock': this.#system(),
      })),
      workflows: [
        { workflowId: 'main', 'x-interlock': this.#workflow(), inputs, steps: calling },
        ...(inner.length === 0 ? [] : [{ workflowId: 'inner', inputs, steps: inner }]),
        ...this.#undoing.map((steps, index) => ({
          workflowId: `undo${index}`,
          inputs: { type: 'object', properties: { id: { type: 'string' } } },
          steps,
        })),
      ],
    };
  }

  readonly #undoing: JsonObject[][] = [];

  #subOrder(own: readonly JsonObject[]): JsonObject {
    const parameters = ['ref', 'amount', ...(this.#lists ? ['lines'] : [])].map((name) => ({
      name,
      value: `$inputs.${name}`,
    }));
    const [first] = own;
    return { parameters, ...(this.#chance(0.5) && first ? { dependsOn: [String(first['stepId'])] } : {}) };
  }

  #system(): JsonObject {
    return {
      grace: this.#pick(['500ms', '2s', '3s']),
      timeouts: this.#chance(0.5) ? '2s' : ['1s', '3s'],
      retry: { attempts: 1 + this.#below(3), interval: '200ms', cap: '1s' },
    };
  }

  #workflow(): JsonObject {
    return {
      parallel: this.#chance(0.6),
      deadline: this.#pick(['20s', '2m', '10m', '10m', '30m']),
      onFailure: this.#chance(0.12) ? 'hold' : 'compensate',
    };
  }

  #steps(prefix: string, count: number): JsonObject[] {
    const made: JsonObject[] = [];
    const steps: Step[] = [];
    for (let index = 0; index < count && this.#kinds < KINDS; index += 1) {
      const step = this.#step(`${prefix}${index}`);
      made.push(this.#chance(0.15) ? this.#looking(step) : this.#making(step, steps));
      steps.push(step);
    }
    return made;
  }

  #step(stepId: string): Step {
    this.#kinds += 1;
    const plain = { stepId, kind: this.#kinds - 1, system: this.#pick([...SYSTEMS]), isKeyed: this.#chance(0.6) };
    return this.#lists && this.#chance(0.5) ? { ...plain, forEach: this.#list() } : plain;
  }

  /** Their items are references: a system can tell them apart. */
  #list(): JsonObject {
    return {
      items: this.#chance(0.7) ? '$inputs.lines' : ['{$inputs.ref}-x', '{$inputs.ref}-y'],
      ...(this.#chance(0.6) && { key: '$item' }),
      concurrency: this.#pick([1, 2, 10]),
      ...(this.#chance(0.5) && { tolerate: this.#pick([0, 1, 'all']) }),
    };
  }

  #looking({ stepId, kind, system }: Step): JsonObject {
    return {
      stepId,
      operationId: operation(system, `look${kind}`),
      outputs: { id: '$response.body#/value' },
    };
  }

  #making(step: Step, before: readonly Step[]): JsonObject {
    const { stepId, kind, system } = step;
    const read = before.filter(() => this.#chance(0.5)).map((one) => `$steps.${one.stepId}.outputs.id`);
    const from = read.length === 0 ? {} : { from: read };
    return {
      stepId,
      operationId: operation(system, `make${kind}`),
      ...this.#order(before),
      requestBody: {
        contentType: 'application/json',
        payload: { ref: refOf(step), amount: '$inputs.amount', ...from },
      },
      successCriteria: [{ condition: '$statusCode == 201' }, { condition: "$response.body#/status == 'made'" }],
      outputs: { id: '$response.body#/id' },
      ...(step.forEach ? {} : this.#actions(before, step)),
      'x-interlock': this.#policies(step),
    };
  }

  #order(before: readonly Step[]): JsonObject {
    const after = before.filter(() => this.#chance(0.3)).map(({ stepId }) => stepId);
    return after.length === 0 ? {} : { dependsOn: after };
  }

  #actions(before: readonly Step[], { stepId }: Step): JsonObject {
    const onFailure: JsonObject[] = [];
    if (this.#chance(0.25))
      onFailure.push({ name: 'again', type: 'retry', retryAfter: 1, retryLimit: 2, criteria: [on('5')] });
    if (this.#chance(0.15))
      onFailure.push({ name: 'whatever', type: 'retry', retryAfter: 0.5, retryLimit: 1, criteria: [on('4')] });
    if (this.#isJumpy && this.#chance(0.2)) onFailure.push({ name: 'give-up', type: 'end', criteria: [on('422')] });
    const [first] = before;
    const onSuccess: JsonObject[] = [];
    if (this.#isJumpy && first && this.#chance(0.4)) {
      onSuccess.push({
        name: 'back',
        type: 'goto',
        stepId: this.#chance(0.5) ? first.stepId : stepId,
        criteria: [{ condition: '$response.body#/again == true' }],
      });
    }
    return {
      ...(onFailure.length > 0 && { onFailure }),
      ...(onSuccess.length > 0 && { onSuccess }),
    };
  }

  #policies(step: Step): JsonObject {
    const isProbed = this.#chance(0.6) && (step.isKeyed || !this.#isJumpy);
    const idempotency = this.#keyed();
    const undo = this.#undo(step, isProbed);
    return {
      ...(step.forEach && { forEach: step.forEach }),
      ...(this.#lists && !step.forEach && this.#chance(0.4) && { poll: this.#poll(step) }),
      ...(step.isKeyed && { idempotency }),
      ...(isProbed && { probe: this.#probe(step) }),
      ...(undo && { compensate: undo }),
      ...(this.#chance(0.3) && { onChange: 'redo' }),
      ...(this.#chance(0.2) && { retry: { attempts: 1 } }),
    };
  }

  /** Whether it is answered at all is the weather's matter. */
  #poll({ system, kind }: Step): JsonObject {
    return {
      operationId: operation(system, `look${kind}`),
      until: [{ condition: '$statusCode == 200' }],
      outputs: { value: '$response.body#/value' },
      every: this.#pick(['1s', '10s']),
      ...(this.#chance(0.5) && { deadline: this.#pick(['5s', '1m']) }),
      ...(this.#chance(0.3) && { heartbeat: '30s' }),
    };
  }

  #keyed(): JsonObject {
    return { header: 'Idempotency-Key', retention: this.retentionMs < 60_000 ? '45s' : '24h' };
  }

  #probe(step: Step): JsonObject {
    const { system, kind, isKeyed } = step;
    const asked = isKeyed
      ? { name: 'key', in: 'query', value: '$request.header.Idempotency-Key' }
      : { name: 'ref', in: 'query', value: refOf(step) };
    return {
      operationId: operation(system, `find${kind}`),
      parameters: [asked],
      applied: [{ condition: "$response.body#/items/0/status == 'made'" }],
      absent: [{ context: '$response.body', type: 'jsonpath', condition: '$[?length(@) == 0]' }],
      outputs: { id: '$response.body#/items/0/id' },
    };
  }

  #undo(step: Step, isProbed: boolean): JsonObject | undefined {
    if (this.#chance(0.06)) return undefined;
    if (this.#chance(0.1)) return { none: 'It may stay.' };
    const common = {
      ...(this.#chance(0.12) && { independent: true }),
      retry: { attempts: 1 + this.#below(4), interval: '200ms', cap: '2s', budget: this.#pick(['20s', '2m', '10m']) },
    };
    if (step.isKeyed && this.#chance(0.25)) return { ...this.#undoByKey(step), whenInDoubt: 'undo', ...common };
    const whenInDoubt = isProbed && this.#chance(0.8) ? {} : { whenInDoubt: 'ask' };
    return { ...this.#undoById(step), ...whenInDoubt, ...common };
  }

  #undoByKey({ system, kind }: Step): JsonObject {
    return {
      operationId: operation(system, `dropByKey${kind}`),
      parameters: [{ name: 'key', in: 'path', value: '$request.header.Idempotency-Key' }],
    };
  }

  #undoById({ stepId, system, kind }: Step): JsonObject {
    const id = `$steps.${stepId}.outputs.id`;
    const parameters = [{ name: 'id', in: 'path', value: id }];
    const roll = this.#random.next();
    if (roll < 0.5) return { operationId: operation(system, `drop${kind}`), parameters };
    const cancel = { operationId: operation(system, `cancel${kind}`), parameters };
    if (roll < 0.65) return cancel;
    const idempotency = this.#keyed();
    if (roll < 0.85) return { ...cancel, idempotency };
    this.#undoing.push([
      {
        stepId: 'cancel',
        operationId: operation(system, `cancel${kind}`),
        parameters: [{ name: 'id', in: 'path', value: '$inputs.id' }],
        outputs: { id: '$response.body#/cancelled' },
        'x-interlock': { idempotency },
      },
      {
        stepId: 'look',
        operationId: operation(system, `drop${kind}`),
        parameters: [{ name: 'id', in: 'path', value: '$steps.cancel.outputs.id' }],
      },
    ]);
    return { workflowId: `undo${this.#undoing.length - 1}`, parameters: [{ name: 'id', value: id }] };
  }

  #pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.#below(from.length)] ?? from[0];
  }

  #below(bound: number): number {
    return Math.floor(this.#random.next() * bound);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }
}

function operation(system: string, name: string): string {
  return `$sourceDescriptions.${system}.${name}`;
}

/** A status or its hundreds. */
function on(status: string): Json {
  const from = Number(status.padEnd(3, '0'));
  const to = status.length === 3 ? from : from + 99;
  return { condition: `$statusCode >= ${from} && $statusCode <= ${to}` };
}

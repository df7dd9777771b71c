/**
 * The definitions an engine knows: by name the current one, by hash every one that some execution started with. A
 * definition goes into the log once, before the first execution that uses it.
 */
import { createHash } from 'node:crypto';
import type { StateMachineDefinition } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { EngineLog, LogRecord } from './log.ts';
import type { MachineType } from './definition/validation.ts';
import { expressDefinition } from './express.ts';
import { compileMachine, type Machine } from './machine.ts';

export interface RegistryOptions {
  readonly log: EngineLog | null;
  /** `arn:aws:states:<region>:<account>`. */
  readonly arn: string;
}

/** Definitions never change, and what is compiled of them holds no state of an execution. */
const compiled = new WeakMap<StateMachineDefinition, Machine>();

export class Registry {
  readonly #log: EngineLog | null;
  readonly #arn: string;
  readonly #byName = new Map<string, Machine>();
  readonly #byHash = new Map<string, Machine>();
  readonly #logged = new Set<string>();

  constructor({ log, arn }: RegistryOptions) {
    this.#log = log;
    this.#arn = arn;
  }

  register(name: string, definition: StateMachineDefinition, type: MachineType): Machine {
    const machine = this.compile(type === 'EXPRESS' ? expressDefinition(definition) : definition);
    this.#byName.set(name, machine);
    return machine;
  }

  /** The same content is compiled once, and the same object once for all engines. */
  compile(definition: StateMachineDefinition): Machine {
    const known = compiled.get(definition);
    if (known !== undefined && this.#byHash.has(known.hash)) return known;
    const hash = known?.hash ?? createHash('sha256').update(JSON.stringify(definition)).digest('hex');
    const machine = this.#byHash.get(hash) ?? known ?? compileMachine(definition, hash);
    this.#byHash.set(hash, machine);
    compiled.set(definition, machine);
    return machine;
  }

  find(name: string): Machine | null {
    return this.#byName.get(name) ?? null;
  }

  async byHash(hash: string): Promise<Machine> {
    const known = this.#byHash.get(hash);
    if (known !== undefined) return known;
    const definition = await this.#log?.definition(hash);
    if (definition === undefined) throw new Failure('DefinitionLost', `no definition with hash ${hash} is in the log`);
    this.#logged.add(hash);
    return this.compile(definition);
  }

  /** What must be durable with the first start of a definition. */
  recordsFor({ hash, definition }: Machine): readonly LogRecord[] {
    if (this.#logged.has(hash)) return [];
    this.#logged.add(hash);
    return [{ kind: 'definition', hash, definition }];
  }

  /** Of a name or an ARN, also one with a version or an alias. */
  nameOf(machine: string): string {
    return machine.startsWith('arn:') ? (machine.split(':')[6] ?? machine) : machine;
  }

  machineArn(name: string): string {
    return `${this.#arn}:stateMachine:${name}`;
  }

  executionId(machine: string, name: string): string {
    return `${this.#arn}:execution:${machine}:${name}`;
  }
}

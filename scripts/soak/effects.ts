/**
 * `npm run soak -- effects`: orders of the example, half of them failing, through a process that is killed (SIGKILL) at
 * random moments and begun again, while the systems, in a process of their own, lose answers, fail, and do things late. In
 * the end only the systems are asked what stands. One seed gives one plan of moments and faults; what they hit, the
 * machine's own speed decides.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { RunView } from '../../lib/model/run.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';
import { GRACE_MS, hurriedExample, orderOf, TIMEOUT_MS } from './effects-orders.ts';
import type { Running, Said } from './effects-runner.ts';
import { count, type SystemState, untruths } from './effects-truth.ts';

export interface EffectsPlan {
  readonly orders: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface EffectsReport {
  readonly statuses: { readonly [status: string]: number };
  readonly kills: number;
  readonly faults: number;
  readonly effects: number;
  readonly undone: number;
  readonly seconds: number;
  /** Each a sentence; none is what is wanted. */
  readonly violations: readonly string[];
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const number = (name: string, otherwise: number): number => Number(flags.get(name) ?? otherwise);
  const plan = { orders: number('runs', 200), kills: number('kills', 30), seed: number('seed', 1), say };
  const { violations, statuses, ...figures } = await killWithEffects(plan);
  const rows = [...Object.entries(statuses), ...Object.entries(figures)];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(18)}${value}`);
  const verdict = violations.length === 0 ? 'the systems hold what the runs say' : violations.join('\n');
  return { ok: violations.length === 0, report: [`effects, seed ${plan.seed}`, ...lines, verdict].join('\n') };
}

/** How long after its start, or after it was at work, a process is killed at most. */
const LATEST_KILL_MS = 2_000;
const AT_ONCE = 12;
const LONGEST_END_MS = 600_000;

export async function killWithEffects({ orders, kills, seed, say }: EffectsPlan): Promise<EffectsReport> {
  const begun = performance.now();
  const root = mkdtempSync(join(tmpdir(), 'interlock-effects-'));
  const random = new RandomSource(seed);
  const systems = await Systems.begin(random);
  const lives = new Lives(root, orders, systems);
  hurriedExample(lives.example);
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      await lives.liveUntilKilled({ beforeWork: random.next() < 0.2, delayMs: random.next() * LATEST_KILL_MS });
      if (kill % 5 === 0) say(`${kill} kills, ${lives.views.size} of ${orders} runs ended`);
    }
    systems.calm();
    await lives.finish();
    // What may still land, lands.
    await pause(TIMEOUT_MS + GRACE_MS);
    const states = await systems.states();
    const { applied, undone } = count(states);
    const names = Array.from({ length: orders }, (_, index) => orderOf(index + 1).id);
    return {
      statuses: tally([...lives.views.values()]),
      kills,
      faults: systems.faults,
      effects: applied,
      undone,
      seconds: Math.round((performance.now() - begun) / 1000),
      violations: [...lives.complaints, ...untruths(states, lives.views, names)],
    };
  } finally {
    await lives.end();
    await systems.end();
    rmSync(root, { recursive: true, force: true });
  }
}

function tally(views: readonly RunView[]): { readonly [status: string]: number } {
  const byStatus = Map.groupBy(views, ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, all]) => [status, all.length]));
}

/** The lives of the process that is killed, one after another over one folder. */
class Lives {
  readonly example: string;
  readonly views = new Map<string, RunView>();
  readonly complaints: string[] = [];
  private readonly data: string;
  private readonly orders: number;
  private readonly systems: Systems;
  private child: ChildProcess | undefined;

  constructor(root: string, orders: number, systems: Systems) {
    this.data = join(root, 'data');
    this.example = join(root, 'example');
    this.orders = orders;
    this.systems = systems;
  }

  async liveUntilKilled(moment: { readonly beforeWork: boolean; readonly delayMs: number }): Promise<void> {
    const { child, atWork, gone } = this.begin();
    if (!moment.beforeWork) {
      await Promise.race([atWork, gone]);
      await this.systems.forgetFaults();
    }
    await Promise.race([pause(moment.delayMs), gone]);
    child.kill('SIGKILL');
    await gone;
  }

  /** A last life, which nobody ends before all runs have ended. */
  async finish(): Promise<void> {
    const { child, gone } = this.begin();
    const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
    await gone;
    clearTimeout(late);
  }

  async end(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }

  private begin(): { readonly child: ChildProcess; readonly atWork: Promise<void>; readonly gone: Promise<void> } {
    const child = fork(fileURLToPath(new URL('./effects-runner.ts', import.meta.url)));
    this.child = child;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const atWork = new Promise<void>((resolve) => {
      child.on('message', (said: Said) => {
        if (said.kind === 'at-work') resolve();
        else this.hear(said);
      });
    });
    // A message to a process that has just been killed is lost, as it would be on any wire.
    child.on('error', () => undefined);
    child.send(this.running(), () => undefined);
    return { child, atWork, gone };
  }

  private hear(said: Exclude<Said, { readonly kind: 'at-work' }>): void {
    if (said.kind === 'broke') this.complaints.push(`the process broke: ${said.why}`);
    else this.views.set(said.order, said.view);
  }

  private running(): Running {
    const numbers = Array.from({ length: this.orders }, (_, index) => index + 1);
    const { servers, environment } = this.systems;
    return {
      data: this.data,
      example: this.example,
      servers,
      variables: environment,
      orders: numbers.filter((number) => !this.views.has(orderOf(number).id)),
      atOnce: AT_ONCE,
    };
  }
}

interface Ready {
  readonly servers: { readonly [system: string]: string };
  readonly environment: { readonly [name: string]: string };
}

const OPERATIONS: readonly (readonly [system: string, operation: string])[] = [
  ['inventory', 'reserveStock'],
  ['inventory', 'releaseReservation'],
  ['payments', 'authorisePayment'],
  ['payments', 'capturePayment'],
  ['payments', 'refundCapture'],
  ['payments', 'voidAuthorisation'],
  ['fraud', 'assessOrder'],
  ['shipping', 'listRates'],
  ['shipping', 'createShipment'],
  ['shipping', 'cancelShipment'],
  ['shipping', 'notifyRecipient'],
];

/** All within the grace that the description promises. */
const FAULTS: readonly object[] = [
  { answer: 503 },
  { answer: 500, effect: 'lands' },
  { answer: 'drop' },
  { answer: 'drop', effect: 'none' },
  { answerAfterMs: TIMEOUT_MS + 200 },
  { effectAfterMs: TIMEOUT_MS + GRACE_MS / 2, answer: 'drop' },
  { effectAfterMs: GRACE_MS / 2, answer: 500, effect: 'lands' },
  { answer: 429 },
];

const FAULT_EVERY_MS = 300;

/** The four systems in a process of their own, and somebody who breaks them now and then. */
class Systems implements Ready {
  readonly servers: Ready['servers'];
  readonly environment: Ready['environment'];
  faults = 0;
  private readonly child: ChildProcess;
  private readonly breaking: NodeJS.Timeout;

  private constructor(child: ChildProcess, { servers, environment }: Ready, random: RandomSource) {
    this.child = child;
    this.servers = servers;
    this.environment = environment;
    this.breaking = setInterval(() => void this.break(random), FAULT_EVERY_MS);
  }

  static async begin(random: RandomSource): Promise<Systems> {
    const main = new URL('../../state-machines/order-fulfilment/systems/main.ts', import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(main), '--latency-ms', '10'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      // The line's shape is the example's own contract (its README).
      return new Systems(child, JSON.parse(line) as Ready, random);
    }
    throw new Error('the systems did not start');
  }

  /** Nothing new goes wrong. */
  calm(): void {
    clearInterval(this.breaking);
  }

  /** Faults that nobody has met while no process lived would all meet the first one that does. */
  async forgetFaults(): Promise<void> {
    const forgotten = Object.values(this.servers).map((server) => fetch(`${server}/__faults`, { method: 'DELETE' }));
    for (const answer of await Promise.all(forgotten)) await answer.body?.cancel();
  }

  async states(): Promise<readonly SystemState[]> {
    const asked = Object.values(this.servers).map(async (server) => {
      const answer = await fetch(`${server}/__state`);
      // What admin.ts puts there.
      return (await answer.json()) as SystemState;
    });
    return await Promise.all(asked);
  }

  async end(): Promise<void> {
    this.calm();
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await gone;
  }

  private async break(random: RandomSource): Promise<void> {
    const [system, operation] = OPERATIONS[Math.floor(random.next() * OPERATIONS.length)] ?? ['', ''];
    const fault = FAULTS[Math.floor(random.next() * FAULTS.length)];
    const body = JSON.stringify({ operation, ...fault, times: 1 + Math.floor(random.next() * 3) });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.servers[system]}/__faults`, { method: 'POST', headers, body });
    await answer.body?.cancel();
    if (answer.ok) this.faults += 1;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * The order example as an operator's terminal meets it: its four systems as real servers on loopback, under a clock that
 * only the test moves, and the real command over one data folder, in a process of its own where it is `begun`. What stands is read from the
 * systems, never from our journal.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LetterView, RunView } from '../../lib/model/run.ts';
import type { SystemName } from '../../state-machines/order-fulfilment/systems/system.ts';
import { credentials, type Demo, startDemo } from '../unit/order-fulfilment/demo.ts';
import { type Begun, begun, interlockHere, type Said } from './command-line.ts';
import { ROOT } from './source-tree.ts';

export const EXAMPLE: string = join(ROOT, 'state-machines', 'order-fulfilment');

export interface Shop extends AsyncDisposable {
  readonly demo: Demo;
  /** For files of the test. */
  readonly folder: string;
  /** What `run` needs to find the servers. */
  readonly servers: readonly string[];
  /** A command over the shop's data folder, with its credentials: in this process, as most have nothing to tell of their own. */
  interlock(...words: readonly string[]): Promise<Said>;
  begun(...words: readonly string[]): Begun;
  /** What goes wrong at the next calls of an operation. */
  fault(system: SystemName, fault: { readonly operation: string; readonly [name: string]: unknown }): Promise<void>;
  well(system: SystemName): Promise<void>;
  /** Kinds of what stands at all systems but fraud, where opinions stay. */
  standing(): Promise<readonly string[]>;
  /** The same input for a place that carriers reach, as a file. */
  corrected(): string;
  /** A copy of the example with some of its text replaced. */
  changed(from: string, to: string): string;
}

export const UNDELIVERABLE: string = `@${join(EXAMPLE, 'input.undeliverable.json')}`;

export async function openShop(): Promise<Shop> {
  const demo = await startDemo();
  const folder = mkdtempSync(join(tmpdir(), 'interlock-shop-'));
  const options = { env: credentials };
  const data = ['--data', join(folder, 'data')];
  return {
    demo,
    folder,
    servers: Object.entries(demo.servers).flatMap(([name, url]) => ['--server', `${name}=${url}`]),
    interlock: (...words) => interlockHere([...words, ...data], options),
    begun: (...words) => begun([...words, ...data], options),
    fault: async (system, fault) => void (await demo.send(system, 'POST /__faults', { body: fault })),
    well: async (system) => void (await demo.send(system, 'DELETE /__faults')),
    standing: () => standingAt(demo),
    corrected: () => correctedIn(folder),
    changed: (from, to) => changedIn(folder, from, to),
    [Symbol.asyncDispose]: async () => {
      await demo[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function standingAt(demo: Demo): Promise<readonly string[]> {
  const systems: readonly SystemName[] = ['inventory', 'payments', 'shipping'];
  const states = await Promise.all(systems.map((system) => demo.send(system, 'GET /__state')));
  return states.flatMap(({ body }) => (body.standing as readonly { readonly kind: string }[]).map(({ kind }) => kind));
}

function correctedIn(folder: string): string {
  const input = JSON.parse(readFileSync(join(EXAMPLE, 'input.undeliverable.json'), 'utf8')) as {
    readonly address: object;
  };
  const file = join(folder, 'corrected.json');
  writeFileSync(file, JSON.stringify({ ...input, address: { ...input.address, postalCode: '10405' } }));
  return file;
}

function changedIn(folder: string, from: string, to: string): string {
  const copy = join(folder, 'changed');
  cpSync(EXAMPLE, copy, { recursive: true, filter: (path) => !/\/(systems|\.interlock)(\/|$)/.test(path) });
  const file = join(copy, 'workflow.arazzo.yaml');
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`the example has no ${from}`);
  writeFileSync(file, text.replace(from, to));
  return copy;
}

/** What a command printed with --json. */
export function viewIn({ out }: Said): RunView {
  return JSON.parse(out) as RunView;
}

export function lettersIn({ out }: Said): readonly LetterView[] {
  return (JSON.parse(out) as { readonly letters: readonly LetterView[] }).letters;
}

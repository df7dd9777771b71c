/**
 * A golden case on disk: a small description, the machine that it compiles to, and scenarios that are played through
 * that machine. The case `one-step` keeps its machine whole; the others are abridged (abridge.ts), so that a person can
 * review what is particular to them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Compiled, type CompiledWorkflow, compileDescription } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { assert } from '../../lib/model/assert.ts';
import { abridged } from './abridge.ts';
import { compactJson } from './compact-json.ts';
import type { Scenario } from './golden-run.ts';

export const GOLDEN: string = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden');
export const UPDATE: boolean = process.env['UPDATE'] === '1';

/** The one case whose machine is kept whole. */
export const WHOLE = 'one-step';

export function goldenCases(): readonly string[] {
  const entries = readdirSync(GOLDEN, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const compiledCases = new Map<string, Promise<Compiled>>();

/** Compiled once for all tests of the case. */
export function compileCase(name: string): Promise<Compiled> {
  const known = compiledCases.get(name);
  if (known !== undefined) return known;
  const files = folderFiles({ root: join(GOLDEN, name) });
  const compiling = compileDescription({ entry: 'workflow.arazzo.yaml', files });
  compiledCases.set(name, compiling);
  return compiling;
}

/** The first workflow is the one that the case is about; others are what it calls. */
export function mainOf(compiled: Compiled): CompiledWorkflow {
  const [main] = compiled.workflows;
  assert(main, `the case compiles: ${JSON.stringify(compiled.diagnostics.map(({ headline }) => headline))}`);
  return main;
}

export function reviewable({ machine, plan }: CompiledWorkflow, whole: boolean): string {
  return compactJson(whole ? machine : abridged(machine, plan));
}

/** What stands beside the steps; nothing at all where the case has no file of it. */
export function besideFlow({ plan }: CompiledWorkflow): string {
  const steps = Object.values(plan.steps).flatMap(({ path, undo, probe, fallback, leaseMs }) => {
    const beside = { ...(undo && { undo }), ...(probe && { probe }), ...(fallback && { fallback }) };
    return Object.keys(beside).length === 0 ? [] : [[path, { ...beside, leaseMs }] as const];
  });
  const scopes = Object.entries(plan.scopes).filter(([path]) => path.includes('#'));
  if (steps.length === 0) return '';
  return compactJson({ steps: Object.fromEntries(steps), calls: plan.calls, scopes: Object.fromEntries(scopes) });
}

export function expectedText(name: string, actual: string, file = 'expected.asl.json'): string {
  const path = join(GOLDEN, name, file);
  if (UPDATE && actual !== '') writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export interface NamedScenario {
  readonly name: string;
  readonly path: string;
  readonly scenario: Scenario;
}

export function scenariosOf(name: string): readonly NamedScenario[] {
  const folder = join(GOLDEN, name, 'scenarios');
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const path = join(folder, file);
      return { name: file.replace(/\.json$/, ''), path, scenario: JSON.parse(readFileSync(path, 'utf8')) as Scenario };
    });
}

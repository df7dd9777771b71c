/**
 * What was deployed beside the handlers (lib/constructs/handler-code.ts writes it): the plans by hash, and the environment
 * of the integration's systems. Who uses it reads it once.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemEnvironment } from '../model/environment.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanSystem } from '../model/plan.ts';
import type { Environments } from '../runtime/ports/environment.ts';

/** The workflows that this version was deployed with, by name. */
export async function bundledWorkflows(
  folder: string,
): Promise<readonly { readonly plan: Plan; readonly planHash: string }[]> {
  const names = (await readdir(join(folder, 'plans'))).filter((name) => name.endsWith('.json'));
  const planned = await Promise.all(
    names.map(async (name) => ({
      planHash: name.slice(0, -'.json'.length),
      plan: (await readJson(join(folder, 'plans', name))) as Plan,
    })),
  );
  return planned.sort((one, other) => (one.plan.workflowId < other.plan.workflowId ? -1 : 1));
}

/** Undefined where another version was deployed with it. */
export async function bundledPlan(folder: string, hash: string): Promise<Plan | undefined> {
  const names = await readdir(join(folder, 'plans'));
  return names.includes(`${hash}.json`) ? ((await readJson(join(folder, 'plans', `${hash}.json`))) as Plan) : undefined;
}

/** A system as the deployed plans have it; undefined where none of them calls it. */
export async function bundledSystem(folder: string, name: string): Promise<PlanSystem | undefined> {
  for (const file of await readdir(join(folder, 'plans'))) {
    const { systems } = (await readJson(join(folder, 'plans', file))) as Plan;
    const found = own(systems, name);
    if (found) return found;
  }
  return undefined;
}

interface Systems {
  readonly [system: string]: SystemEnvironment;
}

/** `deployed`: what was known only when the function was put up, such as the address of a system of the same stack. */
export async function bundledEnvironments(folder: string, deployed = '{}'): Promise<Environments> {
  // Checked against its schema before it was deployed; the other half was written by the construct.
  const bundled = (await readJson(join(folder, 'environment.json'))) as Systems;
  const known = JSON.parse(deployed) as Systems;
  return { system: (name) => own(known, name) ?? own(bundled, name) ?? {} };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** A workflow run as a user runs it: `interlock run`, with an environment file that names the systems on loopback. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Description } from '../../lib/model/description.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import type { RunView, StepView } from '../../lib/model/run.ts';
import { simulatedEnvironments } from '../../lib/simulate/simulated-environment.ts';
import { SYSTEMS, TOKENS } from './answering.ts';
import { said } from './program.ts';
import { merged, type NotRun, type Ran, type RanCall } from './ran.ts';

export interface OurRun {
  readonly root: string;
  readonly folder: string;
  readonly file: string;
  readonly plan: Plan;
  readonly description: Description;
  readonly input: Json;
  readonly port: number;
  readonly patienceMs: number;
}

const ASKED = ['--allow-outside', '--json', '--reveal'];

export async function ourRun(run: OurRun): Promise<Ran | NotRun> {
  const { root, folder, file, plan, input, port, patienceMs } = run;
  const [environment, given, data] = ['environment.json', 'input.json', 'data'].map((name) => join(folder, name));
  writeFileSync(environment ?? '', JSON.stringify(environmentOf(run)));
  writeFileSync(given ?? '', JSON.stringify(input));
  rmSync(data ?? '', { recursive: true, force: true });
  const servers = Object.keys(plan.systems).flatMap((name) => ['--server', `${name}=${serverOf(name, port)}`]);
  const told = ['--env', environment ?? '', '--data', data ?? '', '--input', `@${given}`];
  const { out, error, isLate } = await said(
    process.execPath,
    [join(root, 'bin/interlock.js'), 'run', file, '--workflow', plan.workflowId, ...ASKED, ...told, ...servers],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, SIMULATED: 'simulated', NO_COLOR: '1' },
      patienceMs,
    },
  );
  if (isLate) return { notRun: `interlock did not end within ${patienceMs / 1000} s` };
  const view = viewIn(out);
  return view ? ranOf(view) : { notRun: (error || out).trim().split('\n').slice(0, 3).join(' ') };
}

export function serverOf(system: string, port: number): string {
  return `http://127.0.0.1:${port}${SYSTEMS}${encodeURIComponent(system)}`;
}

/** Credentials of the description's own systems: an environment names no others. */
function environmentOf({ plan, description, port }: OurRun): Json {
  const simulated = simulatedEnvironments(plan);
  const own = Object.keys(plan.systems).filter((name) => description.sources.has(name));
  const systems = own.map((name) => {
    const auth = Object.entries(simulated.system(name).auth ?? {}).map(([scheme, credential]) => [
      scheme,
      'tokenUrl' in credential ? { ...credential, tokenUrl: `http://127.0.0.1:${port}${TOKENS}` } : credential,
    ]);
    return [name, { server: serverOf(name, port), auth: Object.fromEntries(auth) }];
  });
  return { systems: Object.fromEntries(systems) };
}

function viewIn(out: string): RunView | undefined {
  try {
    const view = JSON.parse(out) as Partial<RunView>;
    return view.steps && view.status ? (view as RunView) : undefined;
  } catch {
    return undefined;
  }
}

function ranOf({ status, steps, outputs, error }: RunView): Ran {
  const calls = steps.filter(({ path }) => !steps.some((one) => one.path.startsWith(`${path}/`)));
  return {
    verdict: status === 'succeeded' ? 'succeeded' : 'failed',
    calls: merged(calls.map(callOf)),
    outputs: new Map(Object.entries(outputs ?? {})),
    why: error ? [`${error.error}: ${error.message}`] : [],
  };
}

/** What stands against everybody's will has passed: only what has failed, or is in doubt, has an error. */
function callOf({ stepId, attempts, error }: StepView): RanCall {
  return { step: stepId, passed: error === undefined, tries: attempts };
}

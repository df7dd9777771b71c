/**
 * The same workflow run by `redocly respect`. Its checks of statuses, content types and schemas are switched off: they are
 * tests of the API against its OpenAPI document, which Arazzo does not ask for. What it says is read from its JSON log.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, own } from '../../lib/model/json.ts';
import { serverOf } from './our-run.ts';
import { merged, type NotRun, type Ran, type RanCall } from './ran.ts';
import { respectSaid } from './tool.ts';

export interface TheirRun {
  readonly script: string;
  readonly folder: string;
  readonly file: string;
  readonly workflowId: string;
  /** Workflows that tell its outputs. */
  readonly telling: readonly string[];
  readonly systems: readonly string[];
  readonly input: Json;
  readonly port: number;
  readonly patienceMs: number;
  readonly told: ReadonlyMap<string, Json | undefined>;
}

const NOT_ARAZZO = { STATUS_CODE_CHECK: 'off', SCHEMA_CHECK: 'off', CONTENT_TYPE_CHECK: 'off' };

export async function theirRun(run: TheirRun): Promise<Ran | NotRun> {
  const { script, folder, file, workflowId, systems, input, port, patienceMs, told } = run;
  const log = join(folder, 'respect.json');
  rmSync(log, { force: true });
  const bounds = ['respect', file, '--execution-timeout', String(patienceMs), '--max-steps', '600'];
  const logged = ['--json-output', log, '--no-secrets-masking', '--severity', JSON.stringify(NOT_ARAZZO)];
  const given = [...logged, '--input', JSON.stringify(input)];
  const { out, error, isLate } = await respectSaid(
    script,
    [
      ...bounds,
      ...given,
      ...systems.flatMap((name) => ['--server', `${name}=${serverOf(name, port)}`]),
      ...[workflowId, ...run.telling].flatMap((id) => ['--workflow', id]),
    ],
    { cwd: folder, patienceMs: patienceMs + 10_000 },
  );
  if (isLate) return { notRun: `respect did not end within ${patienceMs / 1000 + 10} s` };
  if (!existsSync(log)) return { notRun: reasonIn(`${out}\n${error}`) };
  const ran = ranIn(JSON.parse(readFileSync(log, 'utf8')) as Json, workflowId);
  const outputs = new Map([...told].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
  return ran ? { ...ran, outputs } : { notRun: 'its log does not speak of the workflow' };
}

/** The last thing that looks like a sentence: above it stands a drawing of the document. */
function reasonIn(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => /^[A-Z[].{10,}/.test(line) && !line.startsWith('Deprecation'));
  return said.slice(0, 2).join(' ') || 'it wrote no log and said nothing';
}

/** `executedWorkflows[]` of the one file; a workflow that a step or an action begins stands among the steps. */
export function ranIn(log: Json, workflowId: string): Omit<Ran, 'outputs'> | undefined {
  const files = isObject(log) ? own(log, 'files') : undefined;
  const [file] = isObject(files) ? Object.values(files) : [];
  const workflow = listIn(file, 'executedWorkflows').find((one) => textIn(one, 'workflowId') === workflowId);
  if (workflow === undefined) return undefined;
  const steps = stepsIn(workflow);
  return {
    verdict: textIn(workflow, 'status') === 'error' ? 'failed' : 'succeeded',
    calls: merged(steps.map(callOf)),
    why: steps.flatMap(failuresIn),
  };
}

function stepsIn(workflow: Json): readonly Json[] {
  return listIn(workflow, 'executedSteps').flatMap((one) =>
    textIn(one, 'type') === 'workflow' ? stepsIn(one) : [one],
  );
}

function callOf(step: Json): RanCall {
  const response = isObject(step) ? own(step, 'response') : undefined;
  const status = isObject(response) ? own(response, 'statusCode') : undefined;
  return {
    step: textIn(step, 'stepId') ?? '',
    passed: textIn(step, 'status') !== 'error',
    tries: 1,
    ...(typeof status === 'number' && status > 0 && { status }),
  };
}

function failuresIn(step: Json): readonly string[] {
  return listIn(step, 'checks').flatMap((check) => {
    if (!isObject(check) || own(check, 'status') !== 'error') return [];
    const [name, message] = [textIn(check, 'name'), textIn(check, 'message')];
    return [`${textIn(step, 'stepId')}: ${name}: ${plain(message ?? '')}`];
  });
}

function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- colours are written with them
  return text
    .replaceAll(/\u001b\[[0-9;]*m/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}

function listIn(value: Json | undefined, key: string): readonly Json[] {
  const list = isObject(value) ? own(value, key) : undefined;
  return Array.isArray(list) ? list : [];
}

function textIn(value: Json | undefined, key: string): string | undefined {
  const text = isObject(value) ? own(value, key) : undefined;
  return typeof text === 'string' ? text : undefined;
}

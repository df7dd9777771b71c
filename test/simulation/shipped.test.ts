/** What every integration that we ship has to show: nothing to mend, the machines that are checked in, a clean rehearsal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, DEFAULT_LATENCY_MS } from '../../lib/analyze/analyze.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { type Compiled, compileDescription } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { renderMachine } from '../../lib/emit/render-machine.ts';
import { describedSubject, explored } from '../support/rehearsing.ts';
import { ROOT } from '../support/source-tree.ts';

const FOLDER = join(ROOT, 'state-machines');
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** States entered where all goes well: the bill. Lists of ten items. */
const TRANSITIONS: { readonly [workflow: string]: number } = {
  'place-order': 9,
  'sync-catalogue': 35,
  'onboard-customer': 38,
  'open-accounts': 15,
};

const compiledOnce = new Map<string, Promise<Compiled>>();

function compiled(name: string): Promise<Compiled> {
  const known = compiledOnce.get(name);
  const root = join(FOLDER, name);
  const made =
    known ?? compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root }), integration: name });
  compiledOnce.set(name, made);
  return made;
}

describe.each(NAMES)('the shipped integration %s', (name) => {
  it('has nothing to mend, neither for the check nor for the analysis', async () => {
    const { diagnostics, workflows, documents } = await compiled(name);
    const told = [
      ...diagnostics,
      ...workflows.flatMap(
        ({ plan, machine }) =>
          analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES }).findings,
      ),
    ];
    expect(
      told.filter(({ severity }) => severity !== 'info').map(({ code, headline }) => `${code} ${headline}`),
    ).toEqual([]);
  });

  it('has the machines that are checked in, and enters as many states as it costs', async () => {
    const { workflows, documents } = await compiled(name);
    for (const { workflowId, plan, machine, undoMachine } of workflows) {
      const path = join(FOLDER, name, workflowId);
      expect(readFileSync(`${path}.asl.json`, 'utf8')).toBe(renderMachine(machine));
      expect(readFileSync(`${path}.undo.asl.json`, 'utf8')).toBe(renderMachine(undoMachine));
      const { cost } = analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES });
      expect(cost.happy.transitions).toBe(TRANSITIONS[workflowId]);
    }
  });

  it('has a page, an environment for each place, an input, and systems that it brings along', () => {
    const wanted = [
      'README.md',
      'environments/local.yaml',
      'environments/aws.yaml',
      'environments/demo.env',
      'input.example.json',
      'systems/main.ts',
    ];
    expect(wanted.filter((path) => !existsSync(join(FOLDER, name, path)))).toEqual([]);
  });

  it('rehearses clean: no promise is broken, and every step is done where all goes well', async () => {
    const options = await describedSubject(await compiled(name), join(FOLDER, name, 'input.example.json'));
    const { plan } = options.workflow;
    const report = await explored(options, { most: 150 });
    expect(report.violations).toEqual([]);
    expect(report.notes).toEqual([]);
    // A step that a good run never reaches has no cell.
    const rows = Object.keys(plan.steps);
    expect(rows.filter((row) => Object.keys(report.matrix.cells[row] ?? {}).length === 0)).toEqual([]);
    expect(Object.values(report.matrix.cells).flatMap((cells) => Object.values(cells).map(({ end }) => end))).toContain(
      'retried',
    );
  }, 120_000);
});

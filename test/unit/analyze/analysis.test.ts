/** The analysis as a whole: the shipped example raises no alarm, and what is printed keeps to the published schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { inFolder, interlockHere } from '../../support/command-line.ts';
import { ROOT } from '../../support/source-tree.ts';

const EXAMPLE = join(ROOT, 'state-machines/order-fulfilment');

interface Printed {
  readonly ok: boolean;
  readonly workflows: readonly {
    readonly findings: readonly { readonly code: string; readonly severity: string }[];
    readonly flows: readonly { readonly verdict: string }[];
    readonly scenarios: readonly { readonly outcome: string; readonly open: readonly string[] }[];
  }[];
}

function faultsOf(printed: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/analysis.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(printed);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the analysis of the order example', () => {
  it('keeps to its schema, and raises no alarm', async () => {
    const { out, code } = await interlockHere(['analyze', EXAMPLE, '--json']);
    const printed = JSON.parse(out) as Printed;
    expect(code).toBe(0);
    expect(faultsOf(printed)).toEqual([]);
    const [workflow] = printed.workflows;
    expect(workflow?.findings.filter(({ code: one }) => one.startsWith('FLW'))).toEqual([]);
    expect(workflow?.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(new Set(workflow?.flows.map(({ verdict }) => verdict))).toEqual(new Set(['fits']));
    expect(workflow?.flows.length).toBeGreaterThan(40);
  });

  it('names six ways to fail for each of its seven steps, none of them left to an operator', async () => {
    const { out } = await interlockHere(['analyze', EXAMPLE, '--json']);
    const [workflow] = (JSON.parse(out) as Printed).workflows;
    expect(workflow?.scenarios).toHaveLength(42);
    expect(workflow?.scenarios.flatMap(({ open }) => open)).toEqual([]);
  });

  it('fits into a hundred columns', async () => {
    const { out } = await interlockHere(['analyze', EXAMPLE]);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).toContain('capture-payment');
  });
});

describe('interlock analyze', () => {
  it('keeps to its schema where the description has errors, and ends with 1', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'broken.arazzo.yaml'), 'arazzo: 1.0.1\ninfo: { title: T, version: "1" }\n');
      const { out, code } = await interlockHere(['analyze', join(folder, 'broken.arazzo.yaml'), '--json']);
      const printed = JSON.parse(out) as Printed;
      expect(code).toBe(1);
      expect(printed.ok).toBe(false);
      expect(printed.workflows).toEqual([]);
      expect(faultsOf(printed)).toEqual([]);
    });
  });

  it('prints the sections that are asked for, and refuses others by name', async () => {
    const { out } = await interlockHere(['analyze', EXAMPLE, '--only', 'cost']);
    expect(out).toContain('state transitions');
    expect(out).not.toContain('Data flow');
    const refused = await interlockHere(['analyze', EXAMPLE, '--only', 'costs']);
    expect(refused.code).toBe(2);
    expect(refused.error).toContain('Did you mean "cost"?');
  });

  it('ends with 1 on a warning where it is strict, and leaves out what is silenced', async () => {
    const golden = join(ROOT, 'test/diagnostics/FLW004-value-type-differs/workflow.arazzo.yaml');
    expect((await interlockHere(['analyze', golden])).code).toBe(0);
    expect((await interlockHere(['analyze', golden, '--strict'])).code).toBe(1);
    const silent = await interlockHere(['analyze', golden, '--strict', '--silence', 'FLW004']);
    expect(silent.code).toBe(0);
    expect(silent.out).not.toContain('FLW004');
  });

  it('takes other prices and another latency, and refuses what is none', async () => {
    await inFolder(async (folder) => {
      const prices = join(folder, 'prices.json');
      writeFileSync(prices, JSON.stringify({ region: 'eu-central-1', perMillionTransitions: 50 }));
      const { out } = await interlockHere(['analyze', EXAMPLE, '--only', 'cost', '--prices', prices]);
      expect(out).toContain('eu-central-1');
      expect(out).toContain('$450.00');
      writeFileSync(prices, JSON.stringify({ perMilionTransitions: 50 }));
      const misspelt = await interlockHere(['analyze', EXAMPLE, '--prices', prices]);
      expect(misspelt.code).toBe(2);
      expect(misspelt.error).toContain('Did you mean "perMillionTransitions"?');
      writeFileSync(prices, JSON.stringify({ perMillionTransitions: -1 }));
      expect((await interlockHere(['analyze', EXAMPLE, '--prices', prices])).code).toBe(2);
    });
    const slow = await interlockHere(['analyze', EXAMPLE, '--only', 'time', '--latency', '2s']);
    expect(slow.out).toContain('expected  10 s, at 2 s a call');
    expect((await interlockHere(['analyze', EXAMPLE, '--latency', '300'])).code).toBe(2);
    expect((await interlockHere(['analyze', EXAMPLE, '-w', 'nothing'])).code).toBe(2);
  });
});

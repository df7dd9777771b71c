/**
 * Express runs under every fault of the catalogue, one at a time and in pairs, and by seed: beside everything that can go
 * wrong elsewhere, the execution begins again from its start, at any moment and more than once, and nobody is told of its
 * end. The eight invariants hold; and they would not, if a second try did what the first has done.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analyze/analyze.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { compileDescription } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { assert } from '../../lib/model/assert.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { play, playSeed, type SubjectOptions, subjectOf } from '../../lib/rehearse/scenario.ts';
import { explored, rehearsedFlow, subjectOptions, undoable } from '../support/rehearsing.ts';
import { ROOT } from '../support/source-tree.ts';

const FOLDER = join(ROOT, 'test', 'aws-path', 'express');
const INPUT: JsonObject = { orderId: 'ORD-1', sku: 'CHR-1001', card: 'tok_visa_4242' };

let options: SubjectOptions;

beforeAll(async () => {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root: FOLDER }) });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, 'the example compiles');
  const documents = new Map(
    [...compiled.description.sources].flatMap(([name, one]) =>
      one.kind === 'openapi' ? [[name, one.document] as const] : [],
    ),
  );
  options = await subjectOptions(workflow, INPUT, documents);
});

/** Two effects without a key that their system would know again. */
const PROBED = { first: undoable('first'), second: undoable('second'), mode: 'express' } as const;

async function restarts(of: SubjectOptions = options): Promise<readonly string[]> {
  const { points } = await play(subjectOf(of), []);
  return points.flatMap(({ place }) => (place.startsWith('restart ') ? [place] : []));
}

describe('an express run', () => {
  it('keeps every promise among single faults and pairs, restarts among them', async () => {
    const report = await explored(options, { most: 1_200, searched: 60 });
    expect(report.violations.map(({ what, faults }) => `${what}: ${faults.join(', ')}`)).toEqual([]);
    expect(report.matrix.faults).toContain('restart');
    const ends = new Set(Object.values(report.matrix.cells).flatMap((row) => Object.values(row).map(({ end }) => end)));
    expect(ends.size).toBeGreaterThan(2);
  }, 300_000);

  it('succeeds as if nothing were, wherever it begins again: each effect stands once', async () => {
    const places = await restarts();
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) {
      const { evidence, violations } = await play(subjectOf(options), [place]);
      expect({ place, violations }).toEqual({ place, violations: [] });
      expect({ place, phase: evidence.record.header.phase }).toEqual({ place, phase: 'succeeded' });
      expect(evidence.histories.size).toBe(2);
      const made = evidence.effects.map(({ operation }) => operation);
      expect(made.toSorted()).toEqual(['inventory.reserveStock', 'payments.authorisePayment']);
    }
  });

  it('is undone by its undo machine where it fails, once, however often its execution begins', async () => {
    const refused = 'refused at payments.authorisePayment #1';
    for (const place of await restarts()) {
      const { evidence, violations } = await play(subjectOf(options), [place, refused]);
      expect({ place, violations }).toEqual({ place, violations: [] });
      const undone = evidence.effects.filter(({ undone: by }) => by.length > 0);
      const { phase } = evidence.record.header;
      expect({ place, phase, undone: undone.length }).toEqual({ place, phase: 'compensated', undone: 1 });
      const undos = [...evidence.histories.keys()].filter((id) => id.includes('-undo-'));
      expect(undos.map((id) => id.split(':').at(-1))).toEqual(['run-1-undo-0']);
    }
  });

  it('costs what is said of its undo machine where its last step is refused', async () => {
    const { plan, machine } = options.workflow;
    const { cost } = analyze({ plan, machine, documents: new Map(), latencyMs: 200, prices: PRICES });
    const { evidence } = await play(subjectOf(options), ['refused at payments.authorisePayment #1']);
    const [undo = []] = [...evidence.histories].flatMap(([id, events]) => (id.includes('-undo-') ? [events] : []));
    const entered = undo.filter(({ type }) => type.endsWith('StateEntered'));
    expect([entered.length, cost.failing.step]).toEqual([cost.express.undoTransitions, 'authorise']);
    expect(cost.express.total).toBeLessThan(cost.happy.usdPerMillion.total / 4);
    expect(cost.express.failing).toBeLessThan(cost.failing.usdPerMillion.total);
  });

  it('keeps them over seeds that draw everything at once', async () => {
    const broken: string[] = [];
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 150; seed += 1) {
      const { evidence, violations } = await playSeed(subjectOf(options), seed);
      for (const { place } of evidence.fired) kinds.add(place.split(' ')[0] ?? '');
      for (const { invariant, what } of violations) broken.push(`seed ${seed}: ${invariant} ${what}`);
    }
    expect(broken).toEqual([]);
    expect(kinds).toContain('restart');
  }, 300_000);

  it('keeps them where nothing but a look says whether an effect has happened', async () => {
    const { options: flow } = await rehearsedFlow(PROBED);
    const report = await explored(flow, { most: 700, searched: 40 });
    expect(report.violations.map(({ what, faults }) => `${what}: ${faults.join(', ')}`)).toEqual([]);
    expect(report.matrix.faults).toContain('restart');
  }, 300_000);

  it('would break them with a journal that forgets what a first try has done', async () => {
    class Forgetful extends MemoryJournal {
      override async intend(...given: Parameters<MemoryJournal['intend']>): ReturnType<MemoryJournal['intend']> {
        const answer = await super.intend(...given);
        if (answer.kind !== 'repeat') return answer;
        return { kind: 'granted', deadline: Number.MAX_SAFE_INTEGER, seq: 1 };
      }
    }
    const { options: flow } = await rehearsedFlow(PROBED);
    const subject = subjectOf({ ...flow, journal: () => new Forgetful() });
    const found = [];
    for (const place of await restarts(flow)) found.push(...(await play(subject, [place])).violations);
    expect(found.length).toBeGreaterThan(0);
  });
});

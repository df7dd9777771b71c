/**
 * Descriptions with a known hole each: the check or the analysis names it before anything runs, and where the hole can be
 * felt, the rehearsal shows the fault by which a run ends with an operator. Beside each stands what mends it, where the
 * same fault does not need anybody.
 */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { analysed } from '../support/analysing.ts';
import { type FlowOptions, flowFiles, playerOf, rehearsedFlow, undoable, unprobed } from '../support/rehearsing.ts';

const BOTH = { first: undoable('first'), second: undoable('second') };
const KEY = { header: 'Idempotency-Key' };
const BY_REF: JsonObject = { parameters: [{ name: 'ref', in: 'path', value: '$inputs.ref' }] };
const DROPPED: JsonObject = { ...undoable('first'), compensate: { operationId: 'drop-first', ...BY_REF } };
const PUT: JsonObject = { operationId: 'put-first', ...BY_REF };
const AGAIN = { name: 'again', type: 'retry', retryLimit: 3, retryAfter: 1 };
const LOOP = { name: 'again', type: 'goto', stepId: 'first' };
const BY_ID = undoable('first')['compensate'] as JsonObject;
const { absent: _, ...YES_ONLY } = undoable('first')['probe'] as JsonObject;

interface Hole {
  readonly says: string;
  readonly flow: FlowOptions;
  readonly code: string;
  /** Faults by which it can be felt: the last one's cell in the matrix. */
  readonly faults?: readonly string[];
  /** Without the hole: by the same faults. */
  readonly mended: FlowOptions;
  /** Where what mends it calls something else. */
  readonly mendedFaults?: readonly string[];
}

const HOLES: readonly Hole[] = [
  {
    says: 'an effect has no undo',
    flow: { second: undoable('second') },
    code: 'RSK001',
    faults: ['refused at shop.make-second #1'],
    mended: BOTH,
  },
  {
    says: 'a doubt has no probe',
    flow: { ...BOTH, first: unprobed('first') },
    code: 'RSK002',
    faults: ['lost-after at shop.make-first #1'],
    mended: BOTH,
  },
  {
    says: 'an undo reads what a doubt cannot have',
    flow: { ...BOTH, first: { ...unprobed('first'), idempotency: KEY } },
    code: 'RSK003',
    faults: ['always-lost-after at shop.make-first #1'],
    mended: { ...BOTH, first: { ...undoable('first'), idempotency: KEY } },
  },
  {
    says: 'nothing says how long a system may take',
    flow: BOTH,
    code: 'RSK004',
    mended: { ...BOTH, system: { timeouts: ['5s'] } },
  },
  {
    says: 'a retry stands at an effect that may not be repeated',
    flow: { ...BOTH, first: unprobed('first'), fields: { first: { onFailure: [AGAIN] } } },
    code: 'RSK005',
    faults: ['lost-after at shop.make-first #1'],
    mended: {
      ...BOTH,
      first: { ...unprobed('first'), idempotency: KEY },
      fields: { first: { onFailure: [AGAIN] } },
    },
  },
  {
    says: 'a key is forgotten before its last repetition',
    flow: { ...BOTH, first: { ...unprobed('first'), idempotency: { ...KEY, retention: '5s' } } },
    code: 'RSK006',
    faults: ['lost-after at shop.make-first #1'],
    mended: { ...BOTH, first: { ...unprobed('first'), idempotency: KEY } },
  },
  {
    says: 'a probe never says no',
    flow: { ...BOTH, first: { ...undoable('first'), probe: YES_ONLY } },
    code: 'RSK009',
    faults: ['lost-before at shop.make-first #1'],
    mended: BOTH,
  },
  {
    says: 'an undo may not be repeated',
    flow: BOTH,
    code: 'RSK011',
    faults: ['refused at shop.make-second #1', 'lost-before at shop.cancel #1'],
    mended: { ...BOTH, first: DROPPED, second: { ...DROPPED }, fields: { first: PUT } },
    mendedFaults: ['refused at shop.make-second #1', 'lost-before at shop.drop-first #1'],
  },
  {
    says: 'the run has less time than its steps',
    flow: { ...BOTH, policies: { deadline: '15s' } },
    code: 'RSK007',
    mended: { ...BOTH, policies: { deadline: '1h' } },
  },
  {
    says: 'an undo has less time than one try of it takes',
    flow: { ...BOTH, first: { ...undoable('first'), compensate: { ...BY_ID, retry: { budget: '2s' } } } },
    code: 'RSK008',
    mended: BOTH,
  },
  {
    says: 'a loop has no end of its own',
    flow: { ...BOTH, fields: { second: { onSuccess: [LOOP] } } },
    code: 'RSK012',
    mended: {
      ...BOTH,
      fields: { second: { onSuccess: [{ ...LOOP, criteria: [{ condition: '$statusCode == 201' }] }] } },
    },
  },
];

async function risksOf(flow: FlowOptions): Promise<readonly string[]> {
  const { 'flow.arazzo.json': text = '', ...others } = flowFiles(flow);
  const { analysis } = await analysed({ ...others, 'workflow.arazzo.yaml': text });
  return analysis.findings.map(({ code }) => code);
}

async function endOf(flow: FlowOptions, faults: readonly string[]): Promise<string> {
  const { options } = await rehearsedFlow(flow);
  const [played] = await playerOf(options)([{ faults }]);
  expect(played).toMatchObject({ violations: [] });
  expect(played?.fired).toHaveLength(faults.length);
  return played?.end ?? 'nothing';
}

describe('a description in which', () => {
  test.each(HOLES)('$says is told of it by $code', async ({ flow, code, mended }) => {
    expect(await risksOf(flow)).toContain(code);
    expect(await risksOf(mended)).not.toContain(code);
  });

  test.each(HOLES.filter(({ faults }) => faults !== undefined))(
    '$says needs an operator by one of its faults',
    async ({ flow, faults = [], mended, mendedFaults = faults }) => {
      expect(await endOf(flow, faults)).toBe('needs attention');
      expect(await endOf(mended, mendedFaults)).not.toBe('needs attention');
    },
    60_000,
  );
});

/**
 * Messages in rehearsals: sent and undone by messages, waited for in branches and in a workflow that a step calls, lost,
 * late, early and twice, with every other fault beside. The run contract holds: nothing is doubled, nothing stays
 * unnamed, and nobody waits beyond a time [19, 20, 21, 26].
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compileDescription } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import type { RehearsalReport } from '../../lib/rehearse/explore.ts';
import { MESSAGE_FAULTS } from '../../lib/rehearse/weather.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { explored, playerOf, subjectOptions } from '../support/rehearsing.ts';

const TIME = 300_000;

const BUS = `
asyncapi: 3.0.0
info: { title: Bus, version: 1.0.0 }
servers: { bus: { host: bus.test, protocol: https } }
channels:
  orders: { address: /orders, messages: { order: { $ref: '#/components/messages/order' } } }
  cancelled: { address: /cancelled, messages: { order: { $ref: '#/components/messages/order' } } }
  paid: { address: /paid, messages: { told: { $ref: '#/components/messages/told' } } }
  packed: { address: /packed, messages: { told: { $ref: '#/components/messages/told' } } }
  shipped: { address: /shipped, messages: { told: { $ref: '#/components/messages/told' } } }
components:
  messages:
    order: { payload: { type: object, properties: { order: { type: string } } } }
    told:
      correlationId: { location: '$message.payload#/order' }
      payload: { type: object, properties: { order: { type: string }, state: { type: string } } }
`;

const at = (channel: string): string => `channelPath: '{$sourceDescriptions.bus.url}#/channels/${channel}'`;
const WAITS = 'action: receive, correlationId: $inputs.order, timeout: 60000';

const FLOW = `
arazzo: 1.1.0
info: { title: Talk, version: 1.0.0 }
sourceDescriptions: [{ name: bus, url: ./bus.yaml, type: asyncapi }]
workflows:
  - workflowId: talk
    x-interlock: { parallel: true }
    inputs: { type: object, properties: { order: { type: string } } }
    steps:
      - stepId: order
        ${at('orders')}
        action: send
        requestBody: { payload: { order: $inputs.order } }
        x-interlock:
          compensate:
            ${at('cancelled')}
            action: send
            requestBody: { payload: { order: $inputs.order, key: $request.header.Idempotency-Key } }
            whenInDoubt: undo
      - { stepId: paid, dependsOn: [order], ${at('paid')}, ${WAITS}, successCriteria: [{ condition: $message.payload#/state == 'paid' }] }
      - { stepId: packed, dependsOn: [order], ${at('packed')}, ${WAITS} }
      - { stepId: ship, dependsOn: [paid, packed], workflowId: ship, parameters: [{ name: order, value: $inputs.order }] }
  - workflowId: ship
    inputs: { type: object, properties: { order: { type: string } } }
    steps:
      - { stepId: shipped, ${at('shipped')}, ${WAITS} }
`;

let report: RehearsalReport;
let ends: ReadonlyMap<string, string>;

beforeAll(async () => {
  const files = memoryFiles({ 'flow.arazzo.yaml': FLOW, 'bus.yaml': BUS });
  const compiled = await compileDescription({ entry: 'flow.arazzo.yaml', files });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, `it compiles: ${JSON.stringify(compiled.diagnostics)}`);
  const sources = [...compiled.description.sources];
  const documents = new Map(
    sources.flatMap(([name, one]) => (one.kind === 'arazzo' ? [] : [[name, one.document] as const])),
  );
  const options = await subjectOptions(workflow, { order: 'o-1' }, documents);
  report = await explored(options, { most: 700, searched: 150 });
  const one = async (faults: readonly string[]): Promise<string> => {
    const [played] = await playerOf(options)([{ faults }]);
    return played?.phase ?? '';
  };
  const lost = (step: string): readonly string[] => [`message-lost at bus.receive:${step} #1`];
  ends = new Map([
    ['nothing', await one([])],
    ['lost in a branch', await one(lost('paid'))],
    ['lost in a sub-workflow', await one(lost('shipped'))],
    ['all early', await one(['paid', 'packed', 'shipped'].map((step) => `message-early at bus.receive:${step} #1`))],
    ['lost, and the cancellation fails', await one([...lost('packed'), 'always-refused at bus.send:cancelled #1'])],
  ]);
}, TIME);

describe('a rehearsal of messages', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(report.violations.map(({ what, faults }) => [what, faults])).toEqual([]);
    expect(report.notes).toEqual([]);
    expect(report.scenarios.explored).toBeGreaterThan(800);
  });

  it.each(['paid', 'packed', 'ship/shipped'])('meets every fault of a message at %s', (row) => {
    const met = Object.keys(report.matrix.cells[row] ?? {});
    expect(MESSAGE_FAULTS.filter((fault) => !met.includes(fault))).toEqual([]);
  });

  it('has an end for each of them, which is undone by a message where one was lost', () => {
    expect(Object.fromEntries(ends)).toEqual({
      nothing: 'succeeded',
      'lost in a branch': 'compensated',
      'lost in a sub-workflow': 'compensated',
      'all early': 'succeeded',
      'lost, and the cancellation fails': 'needs-attention',
    });
  });
});

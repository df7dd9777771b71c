/** A run without any fault, also of workflows that wait for what the systems say of themselves. */
import { expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { goodRun } from '../../../lib/rehearse/good-run.ts';
import { subjectOf } from '../../../lib/rehearse/scenario.ts';
import { answerBook } from '../../../lib/simulate/answer-book.ts';
import { fittedInput } from '../../../lib/simulate/fitted-input.ts';
import { simulatedEnvironments } from '../../../lib/simulate/simulated-environment.ts';
import { systemDocuments } from '../../../lib/simulate/system-documents.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const FERRY = `
asyncapi: 3.0.0
info: { title: Ferry, version: 1.0.0 }
channels:
  landings:
    address: landings
    messages:
      landing:
        correlationId: { location: $message.payload#/trip }
        payload: { type: object, required: [trip, pier], properties: { trip: { type: string }, pier: { type: integer } } }
`;

const flow = (receive: string) => `
arazzo: 1.1.0
info: { title: Trip, version: 1.0.0 }
sourceDescriptions: [{ name: ferry, url: ./ferry.yaml, type: asyncapi }]
workflows:
  - workflowId: trip
    steps:
      - stepId: landed
        channelPath: '{$sourceDescriptions.ferry.url}#/channels/landings'
        action: receive
        ${receive}
        successCriteria: [{ condition: $message.payload#/pier > 3 }]
        outputs: { trip: $message.payload#/trip }
    outputs: { trip: $steps.landed.outputs.trip }
`;

it.each([
  ['by an id from an input that no schema speaks of', 'correlationId: $inputs.trip'],
  ['whoever it is for', ''],
])('brings the message that a step waits for, %s', async (_, receive) => {
  const files = { 'trip.yaml': flow(receive), 'ferry.yaml': FERRY };
  const { description, workflows, diagnostics } = await compileDescription({
    entry: 'trip.yaml',
    files: memoryFiles(files),
  });
  const [workflow] = workflows;
  if (!workflow || !description) throw new Error(diagnostics.map(({ headline }) => headline).join('; '));
  const { plan } = workflow;
  const input = await fittedInput(plan);
  const environments = simulatedEnvironments(plan);
  const book = await answerBook({ plan, documents: systemDocuments(description, plan), environments, input });
  const idle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const { record } = await goodRun(subjectOf({ workflow, book, environments, input, secrets: [], idle }));
  expect(record.header).toMatchObject({ phase: 'succeeded', outputs: { trip: expect.any(String) } });
  if (receive !== '') expect(record.header).toMatchObject({ outputs: input });
});

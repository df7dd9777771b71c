/** A run without faults: the systems answer as their documents have it, and send what the workflow waits for. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import type { Json } from '../../../lib/model/json.ts';
import { goodRun } from '../../../lib/rehearse/good-run.ts';
import { subjectOf } from '../../../lib/rehearse/scenario.ts';
import { answerBook } from '../../../lib/simulate/answer-book.ts';
import { fittedInput } from '../../../lib/simulate/fitted-input.ts';
import { simulatedEnvironments } from '../../../lib/simulate/simulated-environment.ts';
import { systemDocuments } from '../../../lib/simulate/system-documents.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const EVENTS = `
asyncapi: 3.0.0
info: { title: Kiln, version: '1' }
channels:
  fired:
    address: fired
    messages:
      fired:
        correlationId: { location: '$message.payload#/batch' }
        payload:
          type: object
          required: [batch, state]
          properties: { batch: { type: integer }, state: { enum: [cracked, whole] }, pots: { type: integer } }
`;

function flow(step: string): string {
  return `
arazzo: 1.1.0
info: { title: Fire a batch, version: '1' }
sourceDescriptions: [{ name: kiln, url: ./kiln.yaml, type: asyncapi }]
workflows:
  - workflowId: fire
    inputs: { type: object, required: [batch], properties: { batch: { type: integer, minimum: 7 } } }
    steps:
      - { stepId: fired, channelPath: '{$sourceDescriptions.kiln.url}#/channels/fired', action: receive, timeout: 5000, ${step} }
`;
}

async function phaseOf(text: string, events: string = EVENTS): Promise<string> {
  const files = memoryFiles({ 'flow.yaml': text, 'kiln.yaml': events });
  const { description, workflows, diagnostics } = await compileDescription({ entry: 'flow.yaml', files });
  const [workflow] = workflows;
  if (!workflow || !description) throw new Error(diagnostics.map(({ headline }) => headline).join('; '));
  const { plan } = workflow;
  const input: Json = await fittedInput(plan);
  const environments = simulatedEnvironments(plan);
  const book = await answerBook({ plan, documents: systemDocuments(description, plan), environments, input });
  const idle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const { record } = await goodRun(subjectOf({ workflow, book, environments, input, secrets: [], idle }));
  return record.header.phase;
}

describe('a good run', () => {
  it.each([
    ['with this correlation id', 'correlationId: $inputs.batch'],
    ['whoever it is for', "successCriteria: [{ condition: $message.payload#/state == 'whole' }]"],
  ])('gets the message that a step waits for, %s', async (_, step) => {
    expect(await phaseOf(flow(step))).toBe('succeeded');
  });

  it('gets it also where its id is an input that no schema speaks of', async () => {
    const undeclared = flow('correlationId: $inputs.batch').replace(/ {4}inputs: .*\n/, '');
    const texts = EVENTS.replace('batch: { type: integer }', 'batch: { type: string }');
    expect(undeclared).not.toContain('minimum');
    expect(await phaseOf(undeclared, texts)).toBe('succeeded');
  });

  it.each([2, 100, 1_000])('gets it in time, also where that is %i ms', async (timeout) => {
    expect(await phaseOf(flow('correlationId: $inputs.batch').replace('timeout: 5000', `timeout: ${timeout}`))).toBe(
      'succeeded',
    );
  });

  it('fails where no message can be what its criteria want', async () => {
    const criteria = 'successCriteria: [{ condition: $message.payload#/pots > 3 && $message.payload#/pots < 2 }]';
    expect(await phaseOf(flow(`correlationId: $inputs.batch, ${criteria}`))).toBe('failed');
  });
});

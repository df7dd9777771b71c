/**
 * For tests of lib/check: a description out of texts in memory, and what the check finds in it, one line a finding:
 * severity, code, headline, and the text that is pointed at (its first line, cut short, without quotes around it).
 */
import { assert } from '../../lib/model/assert.ts';
import { checkDescription } from '../../lib/check/check.ts';
import { linkDescription } from '../../lib/check/links.ts';
import type { Description } from '../../lib/model/description.ts';
import type { Diagnostic } from '../../lib/model/diagnostic.ts';
import type { LinkedStep, LinkedWorkflow, Links } from '../../lib/model/links.ts';
import { readDescription } from '../../lib/read/description.ts';
import { memoryFiles } from './memory-files.ts';

/** A shop with an API key, four operations and no surprises. */
export const SHOP: string = `
openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.example.com }]
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - { name: state, in: query, schema: { type: string } }
      responses: { '200': { description: Orders. } }
    post:
      operationId: placeOrder
      requestBody:
        required: true
        content: { application/json: { schema: { type: object } } }
      responses: { '201': { description: Placed. } }
  /orders/{id}:
    get:
      operationId: getOrder
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: X-Trace, in: header, schema: { type: string } }
      responses: { '200': { description: Order. } }
  /orders/{id}/lines/{line_no}:
    get:
      operationId: getLine
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: line_no, in: path, required: true, schema: { type: integer } }
        - { name: fields, in: query, required: true, schema: { type: string } }
      responses: { '200': { description: Line. } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Shop-Key }
`;

export interface Texts {
  /** The list under \`workflows\`. */
  readonly workflows: string;
  /** Under \`components\`. */
  readonly components?: string;
  /** Beside the shop: name of the source description to its text. */
  readonly sources?: { readonly [name: string]: string };
}

export async function describedBy({ workflows, components, sources = {} }: Texts): Promise<Description> {
  const texts: { readonly [name: string]: string } = { shop: SHOP, ...sources };
  const lines = [
    'arazzo: 1.1.0',
    'info: { title: Test, version: 1.0.0 }',
    'sourceDescriptions:',
    ...Object.keys(texts).map((name) => `  - { name: ${name}, url: ./${name}.yaml }`),
    'workflows:',
    workflows,
    ...(components === undefined ? [] : ['components:', components]),
  ];
  const files = Object.entries(texts).map(([name, text]) => [`${name}.yaml`, text] as const);
  const { description, diagnostics } = await readDescription(
    'workflow.arazzo.yaml',
    memoryFiles({ 'workflow.arazzo.yaml': lines.join('\n'), ...Object.fromEntries(files) }),
  );
  assert(description !== undefined, `the test's description can be read: ${JSON.stringify(diagnostics)}`);
  return description;
}

export async function found(texts: Texts): Promise<string[]> {
  const description = await describedBy(texts);
  const { diagnostics } = await checkDescription(description);
  return diagnostics.map((diagnostic) => lineOf(diagnostic, description));
}

/** The findings in one workflow of the shop, given its steps. */
export function foundIn(steps: string, more: Partial<Texts> = {}): Promise<string[]> {
  return found({ ...more, workflows: workflow('main', steps) });
}

export function workflow(workflowId: string, steps: string, rest: string = ''): string {
  return `- workflowId: ${workflowId}\n${indented(rest, 2)}\n  steps:\n${indented(steps, 4)}`;
}

export async function linksOf(texts: Texts): Promise<Links> {
  return linkDescription(await describedBy(texts)).links;
}

export function linkedWorkflow(links: Links, workflowId: string): LinkedWorkflow {
  const linked = [...links.workflows.values()].find((one) => one.workflow.workflowId === workflowId);
  assert(linked !== undefined, `there is a workflow ${workflowId}`);
  return linked;
}

export function linkedStep(links: Links, stepId: string): LinkedStep {
  const linked = [...links.workflows.values()].flatMap(({ steps }) => steps).find(({ step }) => step.stepId === stepId);
  assert(linked !== undefined, `there is a step ${stepId}`);
  return linked;
}

function indented(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
}

function lineOf({ severity, code, headline, place }: Diagnostic, { documents }: Description): string {
  const document = place && documents.get(place.document);
  const [start, end] = document && place ? document.locate(place) : [0, 0];
  const [text = ''] = (document?.text.slice(start, end) ?? '').trim().split('\n');
  return `${severity} ${code}: ${headline} | ${text.replaceAll(/^(['"])(.*)\1$/g, '$2').slice(0, 60)}`;
}

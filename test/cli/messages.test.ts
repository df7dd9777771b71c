/** Messages with the real command: webhooks with a signature, an id, a kill in between, queues between two workflows. */
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunView } from '../../lib/model/run.ts';
import { type Begun, begun, inFolder, interlockHere } from '../support/command-line.ts';

const TIMEOUT = 120_000;
const SECRET = 'canary-9917';

const BUS = `
asyncapi: 3.0.0
info: { title: Bus, version: 1.0.0 }
servers: { bus: { host: sqs.eu-central-1.amazonaws.com, protocol: sqs } }
channels:
  questions: { address: questions, messages: { text: { $ref: '#/components/messages/text' } } }
  answers: { address: answers, messages: { text: { $ref: '#/components/messages/text' } } }
components:
  messages:
    text:
      correlationId: { location: '$message.header#/correlationId' }
      payload: { type: object, required: [text], properties: { text: { type: string } } }
`;

const CHANNELS = "'{$sourceDescriptions.bus.url}#/channels";
const DESCRIPTION = `
arazzo: 1.1.0
info: { title: Talk, version: 1.0.0 }
sourceDescriptions: [{ name: bus, url: ./bus.yaml, type: asyncapi }]
workflows:
  - workflowId: ask
    inputs: { type: object, properties: { text: { type: string } } }
    steps:
      - stepId: question
        channelPath: ${CHANNELS}/questions'
        action: send
        requestBody: { payload: { text: $inputs.text } }
        outputs: { id: $message.header.correlationId }
        x-interlock: { compensate: { none: A question stays. } }
      - stepId: answer
        channelPath: ${CHANNELS}/answers'
        action: receive
        correlationId: $steps.question.outputs.id
        outputs: { text: $message.payload#/text }
    outputs: { text: $steps.answer.outputs.text, id: $steps.question.outputs.id }
  - workflowId: reply
    steps:
      - stepId: question
        channelPath: ${CHANNELS}/questions'
        action: receive
        outputs: { id: $message.header.correlationId, text: $message.payload#/text }
      - stepId: answer
        channelPath: ${CHANNELS}/answers'
        action: send
        parameters: [{ name: correlationId, in: header, value: $steps.question.outputs.id }]
        requestBody: { payload: { text: 'You said {$steps.question.outputs.text}' } }
        x-interlock: { compensate: { none: An answer stays. } }
`;

const ENVIRONMENT = `
systems:
  bus: { channels: { answers: { signature: { secret: { env: BUS_SECRET } } } } }
`;

interface Talk {
  readonly dev: () => Promise<{ readonly server: Begun; readonly url: string }>;
}

async function inTalk(work: (talk: Talk) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'environments'));
    writeFileSync(join(folder, 'workflow.arazzo.yaml'), DESCRIPTION);
    writeFileSync(join(folder, 'bus.yaml'), BUS);
    writeFileSync(join(folder, 'environments', 'local.yaml'), ENVIRONMENT);
    const data = ['--data', join(folder, 'data')];
    const env = { BUS_SECRET: SECRET };
    await work({
      dev: async () => {
        const server = begun(['dev', folder, '--port', '0', '--json', ...data], { env });
        const { url } = JSON.parse(await server.printing(/\n/)) as { readonly url: string };
        return { server, url };
      },
    });
  });
}

async function post(url: string, body: unknown, headers: { readonly [name: string]: string } = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return await fetch(url, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } });
}

async function started(url: string, workflow: string, input: unknown = {}): Promise<string> {
  const response = await post(`${url}/workflows/${workflow}/runs`, { input });
  return ((await response.json()) as RunView).runId;
}

/** Asked for until it is so. */
async function viewOf(url: string, run: string, isSo: (view: RunView) => boolean): Promise<RunView> {
  for (let asked = 0; asked < 2_000; asked += 1) {
    const view = (await (await fetch(`${url}/runs/${run}`)).json()) as RunView;
    if (isSo(view)) return view;
  }
  throw new Error(`the run ${run} does not come to it`);
}

const isWaiting = ({ waitsFor }: RunView): boolean => waitsFor !== undefined;
const isOver = ({ endedAt }: RunView): boolean => endedAt !== null;

async function stopped(server: Begun): Promise<void> {
  server.stop();
  await server.ended;
}

describe('messages', () => {
  it('go from one workflow to another and back, over queues in the data folder', { timeout: TIMEOUT }, async () => {
    await inTalk(async ({ dev }) => {
      const { server, url } = await dev();
      const reply = await started(url, 'reply');
      const ask = await started(url, 'ask', { text: 'Hello' });
      expect(await viewOf(url, ask, isOver)).toMatchObject({
        status: 'succeeded',
        outputs: { text: 'You said Hello' },
      });
      expect(await viewOf(url, reply, isOver)).toMatchObject({ status: 'succeeded' });
      await stopped(server);
    });
  });

  it('find a run whose process was killed while it waited, and are kept for one that has not begun', {
    timeout: TIMEOUT,
  }, async () => {
    await inTalk(async ({ dev }) => {
      const first = await dev();
      const early = await started(first.url, 'ask', { text: 'early' });
      await viewOf(first.url, early, isWaiting);
      first.server.kill();
      await first.server.ended;
      const { server, url } = await dev();
      // The question lay in its queue meanwhile.
      const reply = await started(url, 'reply');
      expect(await viewOf(url, reply, isOver)).toMatchObject({ status: 'succeeded' });
      expect(await viewOf(url, early, isOver)).toMatchObject({ outputs: { text: 'You said early' } });
      await stopped(server);
    });
  });

  it('of strangers are taken where they are signed, and nothing is told of the secret', {
    timeout: TIMEOUT,
  }, async () => {
    await inTalk(async ({ dev }) => {
      const { server, url } = await dev();
      const run = await started(url, 'ask', { text: 'x' });
      const { waitsFor = [] } = await viewOf(url, run, isWaiting);
      expect(waitsFor).toMatchObject([{ step: 'answer', type: 'message' }]);
      const body = JSON.stringify({ text: 'signed' });
      const id = waitsFor[0]?.id ?? '';
      const signature = createHmac('sha256', SECRET).update(body).digest('hex');
      expect((await post(`${url}/callbacks/${id}`, body)).status).toBe(403);
      expect((await post(`${url}/webhooks/bus/answers`, body)).status).toBe(403);
      expect((await post(`${url}/webhooks/bus/questions`, body, { 'x-signature': signature })).status).toBe(403);
      expect((await post(`${url}/webhooks/bus/nothing`, body, { 'x-signature': signature })).status).toBe(404);
      expect((await post(`${url}/callbacks/${id}`, body, { 'x-signature': signature })).status).toBe(202);
      expect(await viewOf(url, run, isOver)).toMatchObject({ status: 'succeeded', outputs: { text: 'signed' } });
      expect((await post(`${url}/callbacks/${id}`, '{}', { 'x-signature': signature })).status).toBe(403);
      await stopped(server);
      const { out, error } = await server.ended;
      expect(`${out}${error}`).not.toContain(SECRET);
    });
  });

  it('that simulated systems send end a run that would wait for ever', { timeout: TIMEOUT }, async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'workflow.arazzo.yaml'), DESCRIPTION);
      writeFileSync(join(folder, 'bus.yaml'), BUS);
      const words = ['run', folder, '-w', 'ask', '--simulate', '-i', '{"text":"x"}', '--data', join(folder, 'data')];
      const { code, out } = await interlockHere(words);
      expect([code, out.includes('ask succeeded')]).toEqual([0, true]);
    });
  });
});

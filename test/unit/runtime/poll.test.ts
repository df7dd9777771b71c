/** A step that asks until something is done, through the real handlers: when it asks again, and how it ends. */
import { describe, expect, it } from 'vitest';
import { compileDescription, type CompiledWorkflow } from '../../../lib/compile/compile.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import type { CallAnswer, PollState } from '../../../lib/model/task.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { statuses, undone, viewOf } from '../../support/saga-fixture.ts';
import { answered, type Scripted, worded } from '../../support/scripted-http.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Jobs', version: '1.0.0' },
  servers: [{ url: 'https://jobs.test/v1' }],
  paths: {
    '/jobs': { post: { operationId: 'begin', responses: { 202: { description: 'Begun.' } } } },
    '/jobs/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'look', responses: { 200: { description: 'The job.' } } },
      delete: {
        operationId: 'drop',
        parameters: [{ name: 'result', in: 'query', schema: { type: 'string' } }],
        responses: { 204: { description: 'Dropped.' } },
      },
    },
  },
};

const ID = { name: 'id', in: 'path', value: '$steps.work.outputs.id' };

async function workflow(
  poll: JsonObject = {},
  more: JsonObject = {},
  undo: readonly JsonObject[] = [ID],
  others: readonly JsonObject[] = [],
): Promise<CompiledWorkflow> {
  const description = {
    arazzo: '1.1.0',
    info: { title: 'Jobs', version: '1.0.0' },
    sourceDescriptions: [
      { name: 'jobs', url: './jobs.json', type: 'openapi', 'x-interlock': { retry: { attempts: 1 } } },
    ],
    workflows: [
      {
        workflowId: 'main',
        steps: [
          {
            stepId: 'work',
            operationId: 'begin',
            outputs: { id: '$response.body#/id' },
            ...more,
            'x-interlock': {
              compensate: { operationId: 'drop', parameters: undo },
              poll: {
                operationId: 'look',
                parameters: [ID],
                until: [{ condition: "$response.body#/state == 'done'" }],
                failed: [{ condition: "$response.body#/state == 'broken'" }],
                outputs: { result: '$response.body#/result' },
                ...poll,
              },
            },
          },
        ],
        outputs: { id: '$steps.work.outputs.id', result: '$steps.work.outputs.result' },
      },
      ...others,
    ],
  };
  const files = memoryFiles({
    'workflow.arazzo.yaml': JSON.stringify(description),
    'jobs.json': JSON.stringify(DOCUMENT),
  });
  const { workflows, diagnostics } = await compileDescription({ entry: 'workflow.arazzo.yaml', files });
  const [main] = workflows;
  assert(main, `it compiles: ${JSON.stringify(diagnostics.map(({ headline }) => headline))}`);
  return main;
}

async function running(poll: JsonObject = {}, more: JsonObject = {}): Promise<CallHarness> {
  const harness = await new CallHarness((await workflow(poll, more)).plan).start({});
  harness.http.on('/v1/jobs', answered(202, { id: 'j1' })).on('/v1/jobs/j1', answered(200, { state: 'open' }));
  return harness;
}

const STEP = 'work#poll';
const refs = { work: { id: 'j1' } } as const;

/** As the machine does: asks, waits, asks again; at most so many questions. */
async function asked(
  harness: CallHarness,
  most: number,
): Promise<{ readonly answer: CallAnswer; readonly waits: readonly number[] }> {
  const waits: number[] = [];
  let poll: PollState | null = null;
  for (;;) {
    const answer: CallAnswer = await harness.call(STEP, { refs, poll });
    if (answer.go !== 'ask' || waits.length >= most) return { answer, waits };
    assert(answer.poll && answer.seconds !== undefined, 'who asks again says when');
    ({ poll } = answer);
    waits.push(answer.seconds);
    harness.clock.pass(answer.seconds * 1000);
  }
}

const inState = (...states: readonly string[]): readonly Scripted[] =>
  states.map((state) => answered(200, { state, result: state === 'done' ? 'r7' : null }));

describe('a step that asks', () => {
  it('asks until it is done, and adds what the last answer gave; the journal hears of that one only', async () => {
    const harness = await running();
    await harness.call('work');
    harness.http.on('/v1/jobs/j1', ...inState('open', 'open', 'done'));
    harness.journal.writes.length = 0;
    const { answer, waits } = await asked(harness, 9);
    expect(waits).toEqual([5, 5]);
    expect(answer).toEqual({ out: { result: 'r7' }, go: 'next', poll: null });
    expect(harness.journal.writes).toHaveLength(1);
    expect(
      harness.events.filter(({ type, ...event }) => type === 'step-started' && 'step' in event && event.step === STEP),
    ).toHaveLength(1);
    const closed = await harness.core({ op: 'close', scope: '', refs: { ...refs, [STEP]: answer.out } });
    expect(closed).toEqual({ outputs: { id: 'j1', result: 'r7' } });
  });

  it.each<[string, JsonObject, readonly number[]]>([
    ['as long each time', { every: '7s' }, [7, 7, 7, 7, 7, 7]],
    ['longer each time, up to its cap', { every: '1s', backoff: 2, cap: '10s' }, [2, 4, 8, 10, 10, 10]],
  ])('waits %s', async (_, poll, expected) => {
    const harness = await running(poll);
    const { waits } = await asked(harness, 6);
    expect(waits).toEqual(expected);
  });

  it('waits as long as the system asks for', async () => {
    const harness = await running();
    harness.http.on('/v1/jobs/j1', answered(202, { state: 'open' }, { 'retry-after': '90' }));
    expect((await asked(harness, 2)).waits).toEqual([90, 90]);
  });

  it('asks on while its system is down or knows nothing of it yet', async () => {
    const harness = await running();
    harness.http.on(
      '/v1/jobs/j1',
      answered(404),
      answered(503),
      { kind: 'not-sent', why: 'connection-refused' },
      ...inState('done'),
    );
    expect((await asked(harness, 9)).waits).toEqual([5, 5, 5]);
  });

  it.each([
    ['is a page for people', worded(200, 'text/html', '<h1>We are back soon</h1>')],
    ['is cut off', worded(200, 'application/json', '{"pending":')],
    ['is empty', answered(200)],
    ['is that of an error', answered(503, { title: 'Back soon' })],
  ])('asks on where the body of an answer %s: what is not in there proves nothing', async (_, illegible) => {
    const until = [{ condition: '$response.body#/pending == null' }];
    const failed = [{ condition: '$response.body.alive == null' }];
    for (const poll of [{ until }, { failed: [{ condition: '$response.body#/alive == null' }] }, { failed }]) {
      const harness = await running(poll);
      const open = answered(200, { state: 'open', pending: 1, alive: true });
      const done = answered(200, { state: 'done', pending: null, alive: true, result: 'r7' });
      harness.http.on('/v1/jobs/j1', illegible, open, illegible, done);
      const { answer, waits } = await asked(harness, 9);
      expect([waits, answer.out]).toEqual([[5, 5, 5], { result: 'r7' }]);
    }
  });

  it('is told by the status of an error that it has failed, where its criteria ask for that', async () => {
    const failed = [{ condition: '$statusCode == 410' }, { condition: "$response.body#/code == 'lost'" }];
    const harness = await running({ failed });
    harness.http.on('/v1/jobs/j1', answered(410, { code: 'other' }), answered(410, { code: 'lost' }));
    await expect(asked(harness, 9)).rejects.toThrow('what work began has failed');
  });

  it('asks less often the longer it takes, so that a history has room for it', async () => {
    const harness = new CallHarness({ ...(await workflow()).plan, deadlineMs: 30 * 86_400_000 });
    await harness.start({});
    harness.http.on('/v1/jobs/j1', answered(200, { state: 'open' }));
    const questions: number[] = [];
    for (let poll: PollState | null = null; ; ) {
      const answer: CallAnswer | undefined = await harness.call(STEP, { refs, poll }).catch(() => undefined);
      if (!answer?.poll) break;
      ({ poll } = answer);
      questions.push(answer.poll.seconds);
      harness.clock.pass(answer.poll.seconds * 1000);
    }
    expect(questions.slice(0, 3)).toEqual([5, 5, 5]);
    expect(questions.at(-1)).toBeGreaterThan(60);
    expect(questions.length).toBeGreaterThan(500);
    expect(questions.length).toBeLessThanOrEqual(1_500);
    expect((await harness.journal.record(RUN))?.header.phase).not.toBe('forward');
  }, 60_000);
});

describe('a step that asks fails, and what it began is undone,', () => {
  async function failing(harness: CallHarness, isTold = true): Promise<string> {
    await harness.call('work');
    harness.http.on('/v1/jobs/j1', (request) =>
      request.method === 'DELETE' ? answered(204) : answered(200, { state: current }),
    );
    const why = await asked(harness, 5_000).then(
      ({ answer }) => JSON.stringify(answer),
      (error: unknown) => String(error),
    );
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/jobs/j1']);
    expect(await statuses(harness)).toEqual({ work: 'undone', ...(isTold && { [STEP]: 'refused' }) });
    return why;
  }
  let current = 'open';

  it('when an answer says that it has failed', async () => {
    current = 'broken';
    expect(await failing(await running())).toContain('what work began has failed');
  });

  it('at its deadline', async () => {
    current = 'open';
    expect(await failing(await running({ deadline: '2m' }))).toContain(
      'it was not done 120000 ms after the first question',
    );
  });

  it('at the deadline of the run', async () => {
    current = 'open';
    const why = await failing(await running({ every: '10m', cap: '10m' }), false);
    expect(why).toContain('deadline of 3600000 ms has passed');
  });

  it('when its answers stay the same for longer than its heartbeat', async () => {
    current = 'open';
    expect(await failing(await running({ heartbeat: '30s' }))).toContain('its answers have been the same for 30000 ms');
  });

  it('although the step has an action on failure: that one is for its own call', async () => {
    current = 'broken';
    const more = { onFailure: [{ name: 'on', type: 'goto', stepId: 'work' }] };
    expect(await failing(await running({}, more))).toContain('has failed');
  });
});

it('a run that asks is waiting, until it has asked for the last time', async () => {
  const harness = await running();
  await harness.call('work');
  harness.clock.pass(1_000);
  expect((await viewOf(harness)).status).toBe('waiting');
  await asked(harness, 1);
  expect((await viewOf(harness)).status).toBe('waiting');
  harness.http.on('/v1/jobs/j1', ...inState('done'));
  await asked(harness, 1);
  expect((await viewOf(harness)).status).toBe('running');
});

it('an undo reads what the last answer gave', async () => {
  const query = { name: 'result', in: 'query', value: '$steps.work.outputs.result' };
  const { plan } = await workflow({}, {}, [ID, query]);
  const harness = await new CallHarness(plan).start({});
  harness.http.on('/v1/jobs', answered(202, { id: 'j1' })).on('/v1/jobs/j1', ...inState('done'));
  await harness.call('work');
  harness.clock.pass(5_000);
  await asked(harness, 1);
  harness.http.on('/v1/jobs/j1', answered(204));
  expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  expect(harness.http.request(-1)).toMatchObject({ method: 'DELETE', url: 'https://jobs.test/v1/jobs/j1?result=r7' });
});

/** What the action on success of a step that asks reads of an exchange, in criteria and in what it hands on. */
async function leaving(harness: CallHarness): Promise<readonly string[]> {
  await harness.call('work');
  harness.http.on('/v1/jobs/j1', ...inState('open', 'done'));
  const { answer } = await asked(harness, 9);
  harness.http.on('/v1/jobs/r7', answered(204));
  const after = await harness.call('>clear~leave/dropped', { refs: { ...refs, [STEP]: answer.out } });
  return [answer.go, after.go, harness.http.request(-1).url];
}

it.each(['$response.body#/result', '{$response.body#/result}', '$steps.work.outputs.result'])(
  'an action on success reads the answer that it was done with, and hands on %s of that one',
  async (value) => {
    const clear = {
      workflowId: 'clear',
      inputs: { type: 'object', properties: { job: { type: 'string' } } },
      steps: [
        {
          stepId: 'dropped',
          operationId: 'drop',
          parameters: [{ name: 'id', in: 'path', value: '$inputs.job' }],
          'x-interlock': { compensate: { none: 'It is over.' } },
        },
      ],
    };
    const leave = {
      name: 'leave',
      type: 'goto',
      workflowId: 'clear',
      parameters: [{ name: 'job', value }],
      criteria: [{ condition: "$response.body#/state == 'done' && $statusCode == 200" }],
    };
    const { plan } = await workflow({}, { onSuccess: [leave] }, [ID], [clear]);
    const harness = await new CallHarness(plan).start({});
    harness.http.on('/v1/jobs', answered(202, { id: 'j1', state: 'begun', result: 'of the call' }));
    expect(await leaving(harness)).toEqual(['goto >clear~leave/dropped', 'next', 'https://jobs.test/v1/jobs/r7']);
  },
);

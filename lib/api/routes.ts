/** Every route of the run API, in the order of its document. What it answers stands in lib/api/operations. */
import {
  ANSWERED,
  CALLBACK,
  CHANNEL,
  EXPLAINED,
  IDEMPOTENCY_KEY,
  LETTER,
  LIMIT,
  NOTED,
  PREFER,
  RESOLVED,
  RETRIED,
  RUN,
  RUN_FILTER,
  SKIPPED,
  SOURCE,
  STARTED,
  STEP,
  WORKFLOW,
} from './parameters.ts';
import type { ProblemName } from './problems.ts';
import type { Route, RouteResponse } from './route.ts';

const LISTED_STATUSES = ['running', 'compensating', 'succeeded', 'compensated', 'failed', 'needs-attention'];

const GOES_ON: RouteResponse = {
  status: 202,
  description: 'Written down and begun; the run as it is at this moment.',
  schema: 'RunView',
};

const ACTION_PROBLEMS: readonly ProblemName[] = [
  'body-not-json',
  'content-type-unsupported',
  'body-too-large',
  'run-not-found',
  'action-too-late',
  'effect-not-open',
  'action-conflict',
];

const RUNS: readonly Route[] = [
  {
    operationId: 'startRun',
    method: 'POST',
    path: '/workflows/{id}/runs',
    tag: 'Runs',
    summary: 'Start a run of a workflow.',
    description:
      'Answers once the run is durable. With an Idempotency-Key, asking again with the same input gives the run that was started first, as it is by then. With `Prefer: wait` it answers with what the run came to, which is what express workflows are for.',
    parameters: [WORKFLOW, IDEMPOTENCY_KEY, PREFER],
    body: STARTED,
    responses: [
      {
        status: 202,
        description: 'The run goes on; Location leads to it.',
        schema: 'RunView',
        headers: {
          Location: 'Where the run is.',
          'Idempotency-Replayed': '`true` where the run had been started before under this key.',
        },
      },
      {
        status: 200,
        description: 'It has come to its end within the time that Prefer gave it.',
        schema: 'RunView',
        headers: { Location: 'Where the run is.', 'Preference-Applied': 'What was waited for.' },
      },
    ],
    problems: [
      'body-not-json',
      'content-type-unsupported',
      'body-too-large',
      'workflow-not-found',
      'run-input-invalid',
      'key-reused',
    ],
  },
  {
    operationId: 'listRuns',
    method: 'GET',
    path: '/runs',
    tag: 'Runs',
    summary: 'List runs, newest first, a page at a time.',
    parameters: [
      {
        name: 'workflow',
        in: 'query',
        description: 'Only runs of this workflow.',
        schema: { type: 'string', minLength: 1, maxLength: 200 },
      },
      {
        name: 'status',
        in: 'query',
        description: 'Only runs of these statuses; several times for several.',
        schema: { type: 'array', items: { enum: LISTED_STATUSES }, maxItems: LISTED_STATUSES.length },
      },
      LIMIT,
      {
        name: 'after',
        in: 'query',
        description: 'What the page before gave as `next`.',
        schema: { type: 'string', pattern: '^[A-Za-z0-9:#_-]{1,100}$' },
      },
    ],
    responses: [{ status: 200, description: 'A page of runs.', schema: 'RunPage' }],
  },
  {
    operationId: 'getRun',
    method: 'GET',
    path: '/runs/{id}',
    tag: 'Runs',
    summary: 'Show a run: its steps, undos and outputs.',
    parameters: [
      RUN,
      {
        name: 'audit',
        in: 'query',
        description: 'With everything that was done to it, by whom and when.',
        schema: { type: 'boolean', default: false },
      },
    ],
    responses: [{ status: 200, description: 'The run.', schema: 'RunView' }],
    problems: ['run-not-found'],
  },
  {
    operationId: 'followRun',
    method: 'GET',
    path: '/runs/{id}/events',
    tag: 'Runs',
    summary: 'Follow a run by server-sent events.',
    description:
      'First an event `run` with the run view, then an event for each thing that happens (`step-started`, `attempt-ended`, ...), and `end` with the run view once the run is at rest. Where the host cannot keep the answer open (API Gateway), it ends after `run`, and `retry` says when to ask again: a client that follows the standard does so by itself.',
    parameters: [RUN],
    responses: [{ status: 200, description: 'Events.', schema: 'text/event-stream' }],
    problems: ['run-not-found', 'service-busy'],
  },
];

const ACTIONS: readonly Route[] = [
  {
    operationId: 'cancelRun',
    method: 'POST',
    path: '/runs/{id}/cancel',
    tag: 'Actions',
    summary: 'Cancel a run: nothing new begins, and what stands is undone.',
    parameters: [RUN, IDEMPOTENCY_KEY],
    body: NOTED,
    responses: [GOES_ON],
    problems: ACTION_PROBLEMS,
  },
  {
    operationId: 'retryRun',
    method: 'POST',
    path: '/runs/{id}/retry',
    tag: 'Actions',
    summary: 'Run again, under the same id, a run that has ended badly.',
    description: 'What stands is not done again; what was undone or refused is.',
    parameters: [RUN, IDEMPOTENCY_KEY],
    body: RETRIED,
    responses: [GOES_ON],
    problems: [...ACTION_PROBLEMS, 'workflow-not-found', 'run-input-invalid'],
  },
  {
    operationId: 'undoRun',
    method: 'POST',
    path: '/runs/{id}/undo',
    tag: 'Actions',
    summary: 'Undo what a run holds or could not undo.',
    parameters: [RUN, IDEMPOTENCY_KEY],
    body: NOTED,
    responses: [GOES_ON],
    problems: ACTION_PROBLEMS,
  },
];

const STEPS: readonly Route[] = [
  {
    operationId: 'resolveStep',
    method: 'POST',
    path: '/runs/{id}/steps/{step}/resolve',
    tag: 'Steps',
    summary: 'Say what became of an effect that nobody could undo.',
    parameters: [RUN, STEP, IDEMPOTENCY_KEY],
    body: RESOLVED,
    responses: [GOES_ON],
    problems: [...ACTION_PROBLEMS, 'step-not-found'],
  },
  {
    operationId: 'skipStep',
    method: 'POST',
    path: '/runs/{id}/steps/{step}/skip',
    tag: 'Steps',
    summary: 'Let a run go on without a step, once it is retried.',
    parameters: [RUN, STEP, IDEMPOTENCY_KEY],
    body: SKIPPED,
    responses: [{ status: 200, description: 'Written down; the run as it is.', schema: 'RunView' }],
    problems: [...ACTION_PROBLEMS, 'step-not-found'],
  },
  ...(['approve', 'reject'] as const).map(
    (word): Route => ({
      operationId: `${word}Step`,
      method: 'POST',
      path: `/runs/{id}/steps/{step}/${word}`,
      tag: 'Steps',
      summary: word === 'approve' ? 'Approve what a step waits for.' : 'Reject what a step waits for.',
      description:
        'The first answer counts. One that comes before the run has come to the step is kept until it has; none is taken after the time is up or the run ends.',
      parameters: [RUN, STEP, IDEMPOTENCY_KEY],
      body: ANSWERED,
      responses: [GOES_ON],
      problems: [
        ...ACTION_PROBLEMS.filter((name) => name !== 'effect-not-open'),
        'step-not-found',
        'nothing-waits',
        'run-input-invalid',
        'key-reused',
      ],
    }),
  ),
];

const LETTERS: readonly Route[] = [
  {
    operationId: 'listDeadLetters',
    method: 'GET',
    path: '/dead-letters',
    tag: 'Dead letters',
    summary: 'List the dead letters: runs that need an operator.',
    parameters: [LIMIT, RUN_FILTER],
    responses: [{ status: 200, description: 'Newest first.', schema: 'DeadLetterPage' }],
  },
  {
    operationId: 'redriveDeadLetter',
    method: 'POST',
    path: '/dead-letters/{id}/redrive',
    tag: 'Dead letters',
    summary: 'Settle the run of a letter once more.',
    parameters: [LETTER, IDEMPOTENCY_KEY],
    body: NOTED,
    responses: [GOES_ON],
    problems: [...ACTION_PROBLEMS, 'letter-not-found'],
  },
  {
    operationId: 'discardDeadLetter',
    method: 'POST',
    path: '/dead-letters/{id}/discard',
    tag: 'Dead letters',
    summary: 'Throw a letter away. Nothing is undone by it; the run keeps who did it and why.',
    parameters: [LETTER, IDEMPOTENCY_KEY],
    body: EXPLAINED,
    responses: [{ status: 200, description: 'It is gone; its run as it is.', schema: 'RunView' }],
    problems: [...ACTION_PROBLEMS, 'letter-not-found'],
  },
];

const OTHERS: readonly Route[] = [
  {
    operationId: 'receiveCallback',
    method: 'POST',
    path: '/callbacks/{id}',
    tag: 'Callbacks',
    summary: 'Deliver what a run waits for.',
    description:
      'For systems that call back and sign no requests: the id is the secret, and a signature may be asked for.',
    parameters: [CALLBACK],
    body: { required: false },
    responses: [{ status: 202, description: 'Taken in.', schema: 'Received' }],
    problems: ['body-too-large', 'callback-not-found', 'callback-refused', 'callback-over'],
    caller: 'anybody',
  },
  {
    operationId: 'receiveWebhook',
    method: 'POST',
    path: '/webhooks/{source}/{channel}',
    tag: 'Callbacks',
    summary: 'Deliver a signed message over a channel.',
    description:
      'For systems that post all their events to one place. The environment says how they sign; a message without a right signature is refused. It wakes the run that waits for its correlation id, or is kept for one that will; sent again it is the same message.',
    parameters: [SOURCE, CHANNEL],
    body: { required: false },
    responses: [{ status: 202, description: 'Taken in.', schema: 'Received' }],
    problems: ['body-too-large', 'channel-not-found', 'callback-refused', 'service-busy'],
    caller: 'anybody',
  },
  {
    operationId: 'deliverMessage',
    method: 'POST',
    path: '/messages/{source}/{channel}',
    tag: 'Callbacks',
    summary: 'Deliver a message over a channel, as a caller who is known.',
    description: 'As a webhook does, without a signature: who asks is known.',
    parameters: [SOURCE, CHANNEL],
    body: { required: false },
    responses: [{ status: 202, description: 'Taken in.', schema: 'Received' }],
    problems: ['body-too-large', 'channel-not-found', 'service-busy'],
  },
  {
    operationId: 'listSystems',
    method: 'GET',
    path: '/systems',
    tag: 'Service',
    summary: 'Show the systems: health, breakers and limits, as all runs share them.',
    responses: [{ status: 200, description: 'By name.', schema: 'SystemList' }],
  },
  {
    operationId: 'getHealth',
    method: 'GET',
    path: '/health',
    tag: 'Service',
    summary: 'Say whether the service can take runs.',
    responses: [{ status: 200, description: 'It can.', schema: 'Health' }],
  },
  {
    operationId: 'getDocument',
    method: 'GET',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'Give this document.',
    responses: [{ status: 200, description: 'OpenAPI 3.1.', schema: 'OpenApiDocument' }],
  },
];

export const ROUTES: readonly Route[] = [
  {
    operationId: 'listWorkflows',
    method: 'GET',
    path: '/workflows',
    tag: 'Workflows',
    summary: 'List the workflows that can be started.',
    responses: [{ status: 200, description: 'By name.', schema: 'WorkflowList' }],
  },
  ...RUNS,
  ...ACTIONS,
  ...STEPS,
  ...LETTERS,
  ...OTHERS,
];

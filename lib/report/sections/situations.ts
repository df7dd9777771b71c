/**
 * In which situations a run of this workflow may want an operator, each with what is seen, where to look and what to run.
 * Derived from plan and analysis, so that a situation which cannot come up is not in the book. The words are those of
 * docs/operating.md and of the dead letters (lib/runtime/letter.ts).
 */
import { type Scenario, words } from '../../analyze/scenarios.ts';
import { undoWaves } from '../../analyze/undo-waves.ts';
import { listed } from '../../diagnostics/words.ts';
import { behind, dependsOnIn } from '../../model/dependencies.ts';
import type { PlanStep } from '../../model/plan.ts';
import { promisesOf, promiseWords } from '../../model/promises.ts';
import { type Inline, type Text } from '../block.ts';
import { requestOf, systemOf, type WorkflowFacts } from '../facts.ts';

export interface Situation {
  readonly title: string;
  /** What the operator sees. */
  readonly sees: Text;
  /** One by one: what to know or do. */
  readonly does: readonly Text[];
  readonly runs: readonly string[];
}

export function situationsOf(facts: WorkflowFacts): readonly Situation[] {
  return [
    ...inDoubt(facts),
    ...standing(facts),
    ...undoFailed(facts),
    ...held(facts),
    ...itemsLeft(facts),
    ...waiting(facts),
    ...receiving(facts),
    ...polling(facts),
    ...locked(facts),
    ...degraded(facts),
    ...ended(facts),
    ...systemDown(facts),
    ...promiseBurns(facts),
    cancelled(facts),
  ];
}

const SHOW = 'interlock runs show RUN';

function stepsOf({ plan }: WorkflowFacts): readonly PlanStep[] {
  return Object.values(plan.steps);
}

function seesAttention(reason: string, more: string): Text {
  return [
    'The run is ',
    { code: 'needs-attention' },
    ', reason ',
    { code: reason },
    `; the alarms NeedsAttention and DeadLetters ring. ${more}`,
  ];
}

/** Also where there is a probe: it may not be answered, or may not be able to tell. */
function inDoubt(facts: WorkflowFacts): readonly Situation[] {
  const { plan } = facts;
  return stepsOf(facts)
    .filter(mayStayInDoubt)
    .map((step) => ({
      title: `${step.path} is in doubt`,
      sees: seesAttention(
        'in-doubt',
        `Its request to ${systemOf(plan, step.path)} has no answer that can be trusted${step.probe ? ', and its probe could not tell' : ''}.`,
      ),
      does: [
        whereToLook(facts, step),
        `Until ${words(step.graceMs)} after its last attempt it may still happen; a look before that proves nothing, and is refused.`,
        afterwards(step),
      ],
      runs: [
        SHOW,
        `interlock resolve RUN ${step.path} applied --note "how you know"`,
        `interlock resolve RUN ${step.path} undone --note "how you know"`,
      ],
    }));
}

function mayStayInDoubt({ effect, undo, probe }: PlanStep): boolean {
  if (effect === 'safe' || undo?.kind === 'none') return false;
  return (undo?.whenInDoubt ?? (probe ? 'probe' : 'ask')) !== 'undo';
}

function whereToLook({ plan }: WorkflowFacts, step: PlanStep): Text {
  const system = systemOf(plan, step.path);
  const probe = step.probe && requestOf(plan, step.probe.call);
  const key = step.idempotency?.header ?? 'Idempotency-Key';
  const by: readonly Inline[] = probe === undefined ? [] : [', as its probe does by ', { code: probe }];
  return [
    `Look in ${system} for what `,
    { code: requestOf(plan, step.path) },
    ' was to do, by the key that ',
    { code: SHOW },
    ` names (it was sent as ${key})`,
    ...by,
    '.',
  ];
}

function afterwards({ undo }: PlanStep): Text {
  const undone = undo?.kind === 'calls' ? 'it is undone like any other' : 'it is then named as standing';
  return [{ code: 'applied' }, `: it did happen, and ${undone}; `, { code: 'undone' }, ': it is gone, or never was.'];
}

function standing(facts: WorkflowFacts): readonly Situation[] {
  const { plan } = facts;
  return stepsOf(facts)
    .filter(({ effect, undo }) => effect !== 'safe' && undo === undefined)
    .map(({ path }) => ({
      title: `${path} stands, and nothing says how to undo it`,
      sees: seesAttention('standing', `${path} was applied before the run failed.`),
      does: [
        [
          'Undo by hand in ',
          { strong: systemOf(plan, path) },
          ' what ',
          { code: requestOf(plan, path) },
          ' did, or let it stay.',
        ],
        ['A ', { code: 'compensate' }, ' in the description spares you the next one.'],
      ],
      runs: [
        SHOW,
        `interlock resolve RUN ${path} undone --note "undone by hand"`,
        `interlock resolve RUN ${path} ignore --note "why it may stay"`,
      ],
    }));
}

function undoFailed(facts: WorkflowFacts): readonly Situation[] {
  const { plan } = facts;
  return stepsOf(facts).flatMap(({ path, undo }) => {
    if (undo?.kind !== 'calls') return [];
    const requests = undo.calls.map((call) => `${systemOf(plan, call)}: ${requestOf(plan, call)}`);
    return [
      {
        title: `${path} could not be undone`,
        sees: seesAttention(
          'undo-failed',
          `Its undo was refused, or has used up ${undo.attempts} attempts within ${words(undo.budgetMs)}.`,
        ),
        does: [
          [
            `It is undone by `,
            ...requests.flatMap((one, index): readonly Inline[] =>
              index === 0 ? [{ code: one }] : [', then ', { code: one }],
            ),
            '.',
          ],
          'Is the system well again? Then have it tried once more. Is it undone by hand? Then say so; what it was built on is undone next.',
          ...heldBack(facts, path),
        ],
        runs: [SHOW, 'interlock undo RUN', `interlock resolve RUN ${path} undone --note "undone by hand"`],
      },
    ];
  });
}

/** What waits for it, by the order of undo. */
function heldBack({ plan }: WorkflowFacts, path: string): readonly Text[] {
  const waves = undoWaves(plan, Object.keys(plan.steps));
  const at = waves.findIndex((wave) => wave.includes(path));
  const later = at < 0 ? [] : waves.slice(at + 1).flat();
  return later.length === 0 ? [] : [`Until then ${listed(later)} may wait for it, as blocked.`];
}

function held(facts: WorkflowFacts): readonly Situation[] {
  if (facts.plan.onFailure !== 'hold') return [];
  return [
    {
      title: 'A failed run is held',
      sees: seesAttention('held', 'The workflow says that nothing is undone before somebody has looked.'),
      does: ['Undo everything, or go on from where it failed when the cause is mended.'],
      runs: [SHOW, 'interlock undo RUN', 'interlock retry RUN'],
    },
  ];
}

function itemsLeft(facts: WorkflowFacts): readonly Situation[] {
  const lists = stepsOf(facts).filter(({ forEach, effect }) => forEach && effect !== 'safe');
  return lists.map(({ path }) => ({
    title: `One item of ${path} is left`,
    sees: ['The dead letter names ', { code: `${path}[item]` }, ' in place of a step.'],
    does: ['Each item is an effect of its own, with its own key, undo and word; the brackets want quotes in a shell.'],
    runs: [SHOW, `interlock resolve RUN '${path}[item]' undone --note "how you know"`],
  }));
}

function waiting(facts: WorkflowFacts): readonly Situation[] {
  return stepsOf(facts).flatMap(({ path, interaction }) => {
    if (!interaction) return [];
    const { deadlineMs, onTimeout, type } = interaction;
    const until = deadlineMs === undefined ? 'as long as the run may take' : words(deadlineMs);
    return [
      {
        title: `${path} waits for a person`,
        sees: ['The run is ', { code: 'waiting' }, ', and ', { code: 'interlock queue' }, ' lists the step.'],
        does: [`It waits for ${until}; then it counts as: ${onTimeout}.`],
        runs: [
          SHOW,
          `interlock approve RUN ${path}${type === 'form' ? " --input '{...}'" : ''} --note "who said so"`,
          `interlock reject RUN ${path} --note "why not"`,
        ],
      },
    ];
  });
}

function receiving(facts: WorkflowFacts): readonly Situation[] {
  const { plan } = facts;
  return stepsOf(facts).flatMap(({ path, receive }) => {
    if (!receive) return [];
    const until = receive.timeoutMs === undefined ? 'as long as the run may take' : words(receive.timeoutMs);
    return [
      {
        title: `No message comes for ${path}`,
        sees: ['The run is ', { code: 'waiting' }, '; ', { code: SHOW }, ` tells for what, and under which id.`],
        does: [
          [
            `It waits for ${until} for `,
            { code: requestOf(plan, path) },
            ` of ${systemOf(plan, path)}; then the step is refused.`,
          ],
          'Was it sent? One that nobody waits for yet is kept for a day; one whose signature does not hold is in no run: see the log of the API.',
        ],
        runs: [SHOW, 'interlock cancel RUN --note "it will not come"'],
      },
    ];
  });
}

function polling(facts: WorkflowFacts): readonly Situation[] {
  return stepsOf(facts).flatMap(({ path, poll }) => {
    if (!poll) return [];
    const until = poll.deadlineMs === undefined ? 'the deadline of the run' : words(poll.deadlineMs);
    return [
      {
        title: `${poll.of} is not done`,
        sees: ['The run goes on for long; ', { code: SHOW }, ` tells that ${path} asks, and what it was answered.`],
        does: [
          `It asks every ${words(poll.everyMs)} and more, until ${until}; then the step has failed, and what it began is undone.`,
        ],
        runs: [SHOW, 'interlock cancel RUN --note "takes too long"'],
      },
    ];
  });
}

function locked({ plan }: WorkflowFacts): readonly Situation[] {
  if (!plan.lock) return [];
  return [
    {
      title: 'A run waits for another one with the same key',
      sees: [
        'The run is ',
        { code: 'waiting' },
        ' before its first effect. A run that needs attention keeps its lock.',
      ],
      does: [`After ${words(plan.lock.waitMs)} it fails. Settle the run that has the lock; nothing else frees it.`],
      runs: ['interlock runs --phase needs-attention', SHOW],
    },
  ];
}

function degraded(facts: WorkflowFacts): readonly Situation[] {
  const steps = stepsOf(facts).filter(({ fallback }) => fallback);
  if (steps.length === 0) return [];
  return [
    {
      title: 'A run succeeded with a fallback',
      sees: ['The run is ', { code: 'succeeded' }, ', and marked as degraded.'],
      does: [
        `A fallback stood in for ${listed(steps.map(({ path }) => path))}: whoever relies on its values should know. Nothing has to be run.`,
      ],
      runs: [SHOW],
    },
  ];
}

function ended(facts: WorkflowFacts): readonly Situation[] {
  const { analysis } = facts;
  const may = (end: Scenario['ends'][number]): boolean => analysis.scenarios.some(({ ends }) => ends.includes(end));
  const stays = [...new Set(analysis.scenarios.flatMap((one) => one.stays))];
  const kept: readonly Text[] =
    stays.length === 0 ? [] : [`What ${listed(stays)} did may still be there: the description says that it may stay.`];
  const runs = [SHOW, 'interlock retry RUN', 'interlock retry RUN --input @corrected.json'];
  const again =
    'Retry it when the cause is mended, if the work is still wanted; it keeps its id, and what stands is not done again.';
  return [
    ...(may('compensated')
      ? [
          {
            title: 'A run was compensated',
            sees: ['The run is ', { code: 'compensated' }, '. Everything that it did was undone.'] as const,
            does: [...kept, again],
            runs,
          },
        ]
      : []),
    ...(may('failed')
      ? [
          {
            title: 'A run failed before anything stood',
            sees: ['The run is ', { code: 'failed' }, '.'] as const,
            does: [again],
            runs,
          },
        ]
      : []),
  ];
}

function systemDown({ plan }: WorkflowFacts): readonly Situation[] {
  const dependsOn = dependsOnIn(Object.values(plan.systems));
  const depending = (name: string): readonly string[] =>
    Object.keys(plan.systems).filter((other) => behind(other, dependsOn).includes(name));
  return Object.values(plan.systems).map(({ name, health, breaker }) => ({
    title: `${name} is down`,
    sees: [
      'Runs end ',
      { code: 'compensated' },
      ' or wait in ',
      { code: 'compensating' },
      health ? `; the alarm Unwell ${name} rings` : '; nobody asks for its health, so no alarm of its own rings',
      breaker ? `, and BreakerOpen ${name}.` : '.',
    ],
    does: [
      ...firstLook(behind(name, dependsOn), depending(name)),
      'Nothing has to be stopped: requests are repeated, then the run fails and is undone; undos are tried again in rounds.',
      'When it is well again: undos that gave up are tried once more, and runs that failed are retried.',
    ],
    runs: ['interlock runs --phase needs-attention', 'interlock undo RUN', 'interlock retry RUN'],
  }));
}

function firstLook(causes: readonly string[], depending: readonly string[]): readonly Text[] {
  return [
    ...(causes.length === 0
      ? []
      : [`It depends on ${listed(causes)}: where one of them is down as well, look there first.`]),
    ...(depending.length === 0
      ? []
      : [`${listed(depending)} ${depending.length === 1 ? 'depends' : 'depend'} on it: expect trouble there too.`]),
  ];
}

function promiseBurns({ plan }: WorkflowFacts): readonly Situation[] {
  return promisesOf([plan]).map((promised) => ({
    title: `The promise of ${promised.name} is used up too fast`,
    sees: [
      `FastBurn or SlowBurn ${promised.name} rings: more than may of its ${promised.of === 'workflow' ? 'runs' : 'calls'} break ${listed(promiseWords(promised).map((one) => `"${one}"`))}.`,
    ],
    does: [
      'FastBurn: at this rate the budget of the whole window is gone within days, so somebody looks now. SlowBurn: within the working day.',
      'The dashboard tells which promise it is and what is left of it. Where nothing is left, what is risky waits: deploys, bulk runs, a higher rate.',
      promised.of === 'workflow'
        ? 'Runs that fail: which step, and is its system well, and what that depends on? Runs that are slow: which system, and does one wait for a limit or a lock?'
        : 'Ask who runs the system; where it promises less than this, the promise is ours alone and has to be lowered.',
    ],
    runs:
      promised.of === 'workflow'
        ? ['interlock runs --phase needs-attention', 'interlock analyze --only time', 'interlock verify']
        : ['interlock verify'],
  }));
}

function cancelled({ plan }: WorkflowFacts): Situation {
  return {
    title: 'A run is not wanted any more',
    sees: `A run of ${plan.workflowId} goes on.`,
    does: [
      'Nothing new begins, a request under way is waited for, and what stands is undone. A run that has succeeded is not cancelled.',
    ],
    runs: ['interlock cancel RUN --note "why"'],
  };
}

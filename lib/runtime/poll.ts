/**
 * What an answer means that does not say "done" yet, where a step asks until something is: another question after a wait,
 * or the end. A question changes nothing, so nothing of it is written while it goes on; only how it ended is. Whatever
 * kind of answer it was, there is time until the deadline: a system may well be down while it works.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { PlanPoll } from '../model/plan.ts';
import type { CallAnswer, PollState } from '../model/task.ts';
import { answerScope, waitAskedFor } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import type { Passage } from './passage.ts';
import { proves } from './proof.ts';

export type Asked =
  | { readonly kind: 'again'; readonly answer: CallAnswer }
  | { readonly kind: 'over'; readonly why: string };

export interface Question {
  readonly passage: Passage;
  readonly poll: PlanPoll;
  readonly attempts: Attempts;
  /** Of the run. */
  readonly deadline: number;
}

/** The label by which the machine waits and asks again. */
const ASK = 'ask';

export function askedAgain(question: Question, now: number): Asked {
  const { passage, poll, attempts, deadline } = question;
  const over = whyOver(question);
  if (over !== undefined) return { kind: 'over', why: over };
  const state = stateAfter(question, now);
  const { deadlineMs, heartbeatMs } = poll;
  const until = Math.min(deadline, deadlineMs === undefined ? deadline : state.since + deadlineMs);
  if (now >= until) return { kind: 'over', why: `it was not done ${now - state.since} ms after the first question` };
  if (heartbeatMs !== undefined && now - state.changedAt >= heartbeatMs) {
    return { kind: 'over', why: `its answers have been the same for ${now - state.changedAt} ms` };
  }
  const pause = Math.max(
    waitAskedFor(attempts.last, now) ?? 0,
    poll.backoff === 1 ? poll.everyMs : Math.min(poll.capMs, poll.everyMs * poll.backoff ** state.questions),
    leastWait(state, { now, until }),
  );
  const seconds = Math.max(1, Math.ceil(Math.min(pause, until - now) / 1000));
  const { at } = passage.task;
  return {
    kind: 'again',
    answer: {
      out: {},
      go: ASK,
      seconds,
      poll: { ...state, seconds },
      ...(passage.step.repeats && { at: at ?? { visit: 1, tries: {} } }),
    },
  };
}

function whyOver({ passage, poll, attempts }: Question): string | undefined {
  const { response } = attempts.last;
  if (!response || poll.failed.length === 0) return undefined;
  const scope = answerScope(passage.evaluation.scope(passage.step.scope), attempts.request, response);
  return proves(poll.failed, { response, scope }) ? `what ${poll.of} began has failed` : undefined;
}

/** Progress is another answer than before; no answer is none. */
function stateAfter({ passage, attempts }: Question, now: number): PollState {
  const before = passage.task.poll;
  const { record } = attempts.last;
  const digest = record.responseDigest === undefined ? before?.digest : `${record.status} ${record.responseDigest}`;
  return {
    since: before?.since ?? passage.startedAt,
    questions: (before?.questions ?? 0) + 1,
    seconds: 0,
    digest: digest ?? '',
    changedAt: before && digest === before.digest ? before.changedAt : now,
  };
}

/** The longer it takes, the less often it asks, as far as the history would not have room for all its questions. */
function leastWait(
  { since, questions }: PollState,
  { now, until }: { readonly now: number; readonly until: number },
): number {
  const left = DEFAULTS.poll.questions - questions;
  if (left <= 1) return until - now;
  return Math.min((now - since) / 100, (until - now) / left);
}

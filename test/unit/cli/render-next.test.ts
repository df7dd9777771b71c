import { describe, expect, it } from 'vitest';
import { renderNext } from '../../../lib/cli/render-next.ts';
import { renderEvent } from '../../../lib/cli/render-run.ts';
import { inkFor } from '../../../lib/cli/terminal.ts';
import type { OpenEffect, RunEvent, RunView } from '../../../lib/model/run.ts';

const ink = inkFor(false);
const AT = '2027-01-31T09:30:00.000Z';

function view(more: Partial<RunView>): RunView {
  const times = { startedAt: AT, endedAt: AT };
  const rest = { degraded: false, outputs: null, planHash: 'p', epoch: 1, actor: 'ann', steps: [] };
  return { runId: 'r-1', workflowId: 'order', status: 'succeeded', ...times, ...rest, ...more };
}

function effect(more: Partial<OpenEffect>): OpenEffect {
  return {
    step: 'pay',
    visit: 1,
    system: 'bank',
    operation: 'charge',
    idempotencyKey: 'k-1',
    begunAt: AT,
    attempts: [],
    fate: 'unresolved',
    undo: [],
    look: 'Look in bank for the request with the idempotency key k-1.',
    commands: ['interlock resolve r-1 pay undone --note "..."', 'interlock resolve r-1 pay applied --note "..."'],
    ...more,
  };
}

describe('what to do next', () => {
  it('with a run that went well is to look', () => {
    expect(renderNext(view({}), { ink, data: undefined })).toBe(
      'Next: interlock runs show r-1 tells every request of it.\n',
    );
  });

  it('with one that is undone is to retry, in the folder that was named, quoted for the shell', () => {
    expect(renderNext(view({ status: 'compensated' }), { ink, data: "it's here" })).toContain(
      "interlock retry r-1 --data 'it'\\''s here' runs it again",
    );
  });

  it('with one that goes on is to look or to cancel', () => {
    for (const status of ['running', 'waiting', 'compensating'] as const)
      expect(renderNext(view({ status }), { ink, data: undefined })).toContain('interlock cancel r-1');
  });

  it('with one that needs attention is said effect by effect', () => {
    const attention = {
      stands: [effect({ step: 'reserve', fate: 'blocked', why: 'pay, which was built on it, is unresolved' })],
      inDoubt: [effect({ visit: 2, why: 'nobody knows whether it happened' })],
      commands: [],
    };
    expect(
      renderNext(view({ status: 'needs-attention', reason: 'in-doubt', attention }), { ink, data: undefined }),
    ).toBe(
      [
        'What is left of it:',
        '  reserve stands at bank (charge), blocked: pay, which was built on it, is unresolved',
        '  pay (visit 2) may stand at bank (charge), unresolved: nobody knows whether it happened',
        '    Look in bank for the request with the idempotency key k-1.',
        '    interlock resolve r-1 pay undone --note "..."   it is gone: undone by hand, or it never was',
        '    interlock resolve r-1 pay applied --note "..."  it did happen: undo it',
        'Next: look it up at the system, and say by interlock resolve what became of it.',
        '',
      ].join('\n'),
    );
  });

  it('with one that holds is to undo it or to go on', () => {
    const attention = { stands: [effect({ fate: 'held' })], inDoubt: [], commands: [] };
    expect(
      renderNext(view({ status: 'needs-attention', reason: 'held', attention }), { ink, data: undefined }),
    ).toContain('Next: interlock undo r-1 undoes what it holds; interlock retry r-1 goes on from there.');
  });
});

describe('an undo, as it goes on', () => {
  const base = { runId: 'r-1', workflowId: 'order', at: '2027-01-31T09:30:01.500Z', step: 'pay', visit: 1 } as const;
  const said = (event: RunEvent): string | undefined => renderEvent(event, Date.parse(AT), ink)?.trim();

  it('is said to be done, to be tried again and when, or to have failed and why', () => {
    expect(said({ ...base, type: 'undo-started' })).toBe('1.50 s  undo of pay');
    expect(said({ ...base, type: 'undo-ended', status: 'done', ms: 40 })).toBe('1.50 s  undo of pay done in 40 ms');
    const again = { status: 'again', ms: 40, againInMs: 90_000, message: 'bank answered 503' };
    expect(said({ ...base, type: 'undo-ended', ...again })).toBe(
      '1.50 s  undo of pay is tried again in 1 min 30 s: bank answered 503',
    );
    expect(said({ ...base, type: 'undo-ended', status: 'failed', ms: 40, message: 'bank answered 409' })).toBe(
      '1.50 s  undo of pay failed: bank answered 409',
    );
  });

  it('has its requests told apart from those of its step', () => {
    const attempt = { type: 'attempt-ended', attempt: 1, outcome: 'refused', status: 409, ms: 5 } as const;
    expect(said({ ...base, ...attempt, step: 'pay#undo' })).toBe('1.50 s  undo of pay attempt 1 refused (409)');
    expect(said({ ...base, ...attempt, step: 'pay#probe' })).toBe('1.50 s  probe of pay attempt 1 refused (409)');
    expect(said({ ...base, ...attempt })).toBe('1.50 s  pay attempt 1 refused (409)');
  });
});

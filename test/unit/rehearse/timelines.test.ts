/** What the timeline of a scenario shows of each request, and what it must not show. */
import { describe, expect, it } from 'vitest';
import { answerWords, hiding, outputWords, requestWords } from '../../../lib/rehearse/shown-exchange.ts';
import { playJob } from '../../../lib/rehearse/played.ts';
import { Coverage } from '../../../lib/rehearse/coverage.ts';
import { subjectOf } from '../../../lib/rehearse/scenario.ts';
import { rehearsedFlow, undoable } from '../../support/rehearsing.ts';

const request = (url: string): Parameters<typeof requestWords>[0] => ({ method: 'GET', url, headers: [] });
const plain = hiding([]);

describe('a timeline', () => {
  it('shows method, path and query with their values, the status, and the outputs that were taken', async () => {
    const { options } = await rehearsedFlow({ first: undoable('first'), second: undoable('second') });
    const playing = { subject: subjectOf(options), coverage: new Coverage(options.workflow) };
    const faults = ['lost-after at shop.make-first #1', 'refused at shop.make-second #1'];
    const { timeline = [] } = await playJob(playing, { faults, wantsTimeline: true });
    const text = timeline.join('\n');
    expect(text).toMatch(/sent: shop\.make-first \(lost-after\): POST \/first$/m);
    expect(text).toMatch(/answer: shop\.make-first: none \(timeout\)$/m);
    expect(text).toMatch(/sent: shop\.find: GET \/things\?key=[\w-]+/);
    expect(text).toMatch(/answer: shop\.make-second: 422$/m);
    expect(text).toMatch(/journal: (?:applied|verdict) first .*: id = "thing-0"$/m);
    expect(text).toMatch(/sent: shop\.cancel: POST \/things\/thing-0\/cancel$/m);
  });

  it('hides secrets: a credential in the query, a sensitive value in path, query and outputs, even a short one', async () => {
    const hide = hiding(['a1', 'very-secret']);
    expect(requestWords(request('https://x.test/u/a1/b?k=pre-very-secret-post&c=a1&d=a12'), hide)).toBe(
      'GET /u/***/b?k=pre-***-post&c=***&d=a12',
    );
    expect(outputWords({ id: 'very-secret', list: ['x very-secret'], n: 1 }, hide)).toBe(
      'id = "***", list = ["x ***"], n = 1',
    );
    const digest = 'f'.repeat(64);
    expect(outputWords({ id: 7, '@': { parts: { token: { blob: digest, sensitive: true } } } }, plain)).toBe(
      'id = 7, token = ***',
    );
  });

  it('hides what a step calls sensitive wherever it is sent afterwards', async () => {
    const { options } = await rehearsedFlow({
      first: { ...undoable('first'), sensitive: ['id'] },
      second: undoable('second'),
    });
    const playing = { subject: subjectOf(options), coverage: new Coverage(options.workflow) };
    const { timeline = [] } = await playJob(playing, {
      faults: ['refused at shop.make-second #1'],
      wantsTimeline: true,
    });
    expect(timeline.join('\n')).toContain('sent: shop.cancel: POST /things/***/cancel');
    expect(timeline.join('\n')).toContain('journal: applied first (epoch 1): id = ***');
    expect(timeline.join('\n')).not.toContain('thing-0');
  });

  it('is bounded, and stays on its line', () => {
    const words = requestWords(request(`https://x.test/${'p'.repeat(5_000)}?q=a%0Ab`), plain);
    expect(words.length).toBe(160);
    expect(requestWords(request('https://x.test/a%0Ab'), plain)).toBe('GET /a b');
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`n${at}`, '😀'.repeat(500)]));
    const outputs = outputWords(many, plain);
    expect(outputs).toContain('and 22 more');
    expect(outputs.length).toBeLessThan(1_200);
    expect(outputs.isWellFormed()).toBe(true);
  });

  it('says what became of a request that has no status', () => {
    expect(answerWords({ kind: 'not-sent', why: 'connection-refused' })).toBe('not sent (connection-refused)');
    expect(answerWords({ kind: 'no-answer', why: 'reset' })).toBe('none (reset)');
  });
});

/** A handler that wakes beyond its run's deadline, and once more beyond it: the run is over, and a rehearsal waits for its handlers. */
import { expect, it } from 'vitest';
import { play, subjectOf } from '../../../lib/rehearse/scenario.ts';
import { rehearsedFlow, undoable } from '../../support/rehearsing.ts';

it.each(['1h', '5d'])('twice overslept is no run that never ends, also with a deadline of %s', async (deadline) => {
  const { options } = await rehearsedFlow({
    first: undoable('first'),
    second: undoable('second'),
    policies: { deadline },
  });
  const faults = ['overslept call first before intend #1', 'overslept call first after intend #2'];
  const { evidence, violations } = await play(subjectOf(options), faults);
  expect(evidence.fired.map(({ place }) => place)).toEqual(faults);
  expect(violations).toEqual([]);
  expect(evidence.record.header.phase).toBe('succeeded');
});

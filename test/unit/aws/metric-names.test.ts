import { describe, expect, it } from 'vitest';
import { DIMENSION_SETS, METRICS, OUTCOME_METRICS, RUN_END_METRICS } from '../../../lib/model/metric-names.ts';

describe('the names of metrics', () => {
  it('are each used once: two meanings under one name would be added up', () => {
    const names = [METRICS, OUTCOME_METRICS, RUN_END_METRICS].flatMap((group) => Object.values(group));
    expect(names.length).toBe(new Set(names).size);
  });

  it('are kept by integration alone as well, because an alarm cannot add up what is kept by workflow or system', () => {
    expect(DIMENSION_SETS).toContainEqual(['integration']);
    expect(DIMENSION_SETS.every((set) => set[0] === 'integration')).toBe(true);
  });
});

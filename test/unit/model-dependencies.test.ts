/** What is behind a system, and where to look first. */
import { describe, expect, it } from 'vitest';
import { behind, dependsOnIn, likelyCauses } from '../../lib/model/dependencies.ts';

const dependsOn = dependsOnIn([
  { name: 'shop', dependsOn: ['bank', 'stock'] },
  { name: 'bank', dependsOn: ['vault'] },
  { name: 'stock', dependsOn: ['vault'] },
  { name: 'vault' },
]);

describe('dependencies', () => {
  it('are all that is behind a system, each once', () => {
    expect(behind('shop', dependsOn)).toEqual(['bank', 'stock', 'vault']);
    expect(behind('vault', dependsOn)).toEqual([]);
    expect(behind('nobody', dependsOn)).toEqual([]);
  });

  it('are the likely cause where they are unwell and nothing behind them is', () => {
    const causes = (...unwell: readonly string[]): readonly string[] =>
      likelyCauses('shop', dependsOn, (name) => unwell.includes(name));
    expect(causes('shop')).toEqual([]);
    expect(causes('shop', 'bank')).toEqual(['bank']);
    expect(causes('shop', 'bank', 'vault')).toEqual(['vault']);
    expect(causes('shop', 'vault')).toEqual(['vault']);
    expect(causes('bank', 'stock')).toEqual(['bank', 'stock']);
  });

  it('end in a circle where it began', () => {
    const round = dependsOnIn([
      { name: 'a', dependsOn: ['b'] },
      { name: 'b', dependsOn: ['a'] },
    ]);
    expect(behind('a', round)).toEqual(['b']);
    expect(likelyCauses('a', round, () => true)).toEqual(['b']);
  });
});

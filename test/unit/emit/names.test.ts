import { describe, expect, it } from 'vitest';
import { MachineNames } from '../../../lib/emit/machine-names.ts';
import { Names } from '../../../lib/emit/names.ts';
import { FUNCTION_NAMES } from '../../../lib/engine/query/function-names.ts';

describe('variable names', () => {
  it('are what ASL takes for a name', () => {
    const names = Names.ofVariables();
    const wanted = ['reserve-stock', 'pay/capture', '1', '_x', '@dep/a', '>tail/b', 'größe', '', '日本'];
    expect(wanted.map((name) => names.of(name, name))).toEqual([
      'reserveStock',
      'pay_capture',
      'v1',
      'x',
      'dep_a',
      'tail_b',
      'größe',
      'v',
      '日本',
    ]);
  });

  it('stay apart where two things want the same, and are given again to the same thing', () => {
    const names = Names.ofVariables();
    expect(names.of('a-b', 'a-b')).toBe('aB');
    expect(names.of('aB', 'aB')).toBe('aB_2');
    expect(names.of('aB_2', 'aB_2')).toBe('aB_2_2');
    expect(names.of('a-b', 'something else')).toBe('aB');
  });

  it('hide no function of the language and nothing that the machine sets', () => {
    const names = Names.ofVariables();
    const taken = [...FUNCTION_NAMES, 'base64decode', 'base64encode', 'eval', 'states', 'why', 's'];
    expect(taken.filter((name) => names.of(name, name) === name)).toEqual([]);
  });

  it('stay within 80 characters, numbered ones too', () => {
    const names = Names.ofVariables();
    const long = 'x'.repeat(200);
    for (let thing = 0; thing < 1_200; thing += 1) {
      expect(names.of(`thing ${thing}`, long).length).toBeLessThanOrEqual(80);
    }
  });
});

describe('state names', () => {
  it('keep a step apart from the states that are written for another', () => {
    const names = new MachineNames();
    const all = [
      names.node('a'),
      names.choice('a'),
      names.node('a done'),
      names.failed('a'),
      names.node('a failed'),
      names.ended('a'),
      names.node('a ended'),
      names.close(''),
      names.node('Close'),
      names.node('Settle'),
      names.node('Undo'),
      names.node('Undo unknown'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('Settle');
    expect(all).not.toContain('Undo');
    expect(all).not.toContain('Undo unknown');
    expect(names.node('a done')).toBe(all[2]);
  });

  it('are cut between characters, not inside of one', () => {
    const names = Names.ofStates();
    const name = names.of('long', '😀'.repeat(100));
    expect(name).toBe('😀'.repeat(75));
  });
});

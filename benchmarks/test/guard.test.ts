import { describe, expect, it } from '@jest/globals';
import { judge, judgeRepeatedly, type Rounds } from '../src/guard/verdict.js';

const baseline = { chain: 2 };
const rounds = (reference: readonly number[], measured: readonly number[]): Rounds => ({ reference, measured });

describe('the verdict of the guard', () => {
  it('takes the least of each side, so that disturbed rounds do not count', () => {
    expect(judge('chain', rounds([100, 180, 101], [400, 200, 210]), baseline)).toMatchObject({ cost: 2, change: 0, tooSlow: false });
  });

  it('holds up to 15 percent and fails above', () => {
    expect(judge('chain', rounds([100], [229]), baseline).tooSlow).toBe(false);
    expect(judge('chain', rounds([100], [231]), baseline).tooSlow).toBe(true);
  });

  it('says when the baseline is out of date', () => {
    expect(judge('chain', rounds([100], [160]), baseline)).toMatchObject({ tooSlow: false, outdated: true });
  });

  it('throws for a workload without a baseline', () => {
    expect(() => judge('window', rounds([1], [1]), baseline)).toThrow(/--update/);
  });

  it('stops at the first process within bounds', () => {
    const seen = [rounds([100], [300]), rounds([100], [205])];
    expect(judgeRepeatedly('chain', baseline, 3, () => seen.shift() as Rounds)).toMatchObject({ tooSlow: false, attempts: 2 });
  });

  it('fails when all processes together are too slow', () => {
    let processes = 0;
    const verdict = judgeRepeatedly('chain', baseline, 3, () => {
      processes++;
      return rounds([100 + processes], [260]);
    });
    expect(verdict).toMatchObject({ tooSlow: true, attempts: 3 });
    expect(processes).toBe(3);
  });
});

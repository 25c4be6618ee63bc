/** The leader election against a register that fails in every way that D4 allows for, in virtual time. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ElectionFaults, ElectionRig } from './support/election-rig.js';

const TROUBLE_MS = 120_000;
const who = fc.nat(2);
const atMs = fc.nat(TROUBLE_MS);
const honest = {
  seed: fc.nat(),
  contenders: fc.integer({ min: 1, max: 3 }),
  lossChance: fc.constantFrom(0, 0.02, 0.1, 0.3),
  slowChance: fc.constantFrom(0, 0.05, 0.3),
  pauses: fc.array(fc.record({ who, atMs, forMs: fc.nat(40_000) }), { maxLength: 6 }),
  crashes: fc.array(fc.record({ who, atMs, downMs: fc.nat(20_000) }), { maxLength: 3 }),
  graceful: fc.array(fc.record({ who, atMs, downMs: fc.integer({ min: 5000, max: 20_000 }) }), { maxLength: 2 }),
};
/** The register fails, but it never forgets. */
const faithful: fc.Arbitrary<ElectionFaults> = fc.record({ ...honest, losses: fc.constant([]), timeTravels: fc.constant([]) });
const faithless: fc.Arbitrary<ElectionFaults> = fc.record({
  ...honest,
  losses: fc.array(atMs, { minLength: 1, maxLength: 4 }),
  timeTravels: fc.array(fc.record({ atMs, changes: fc.integer({ min: 1, max: 6 }) }), { maxLength: 4 }),
});

function checkEpochs(rig: ElectionRig): void {
  const epochs = rig.grants.map(({ epoch }) => epoch);
  expect(new Set(epochs).size).toBe(epochs.length); // never two leaders with one epoch
  expect(rig.grants.filter(({ claimedByIt }) => !claimedByIt)).toEqual([]);
  for (const contender of [0, 1, 2]) {
    const own = rig.grants.filter((grant) => grant.who === contender).map(({ epoch }) => epoch);
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
}

function checkOneLeaderInTheEnd(rig: ElectionRig): void {
  rig.calm = true;
  rig.runUntil(TROUBLE_MS + 100_000); // the longest pause, a lease, and the calls between
  const [leader, ...others] = rig.leaders();
  expect(others).toEqual([]);
  expect(rig.record?.value).toMatchObject({ epoch: leader.epoch, leader: `jm-${leader.who}` });
  expect(leader.epoch).toBe(Math.max(...rig.grants.map(({ epoch }) => epoch)));
  const before = rig.grants.length;
  rig.runUntil(TROUBLE_MS + 200_000);
  expect(rig.leaders()).toEqual([leader]);
  expect(rig.grants).toHaveLength(before);
}

describe('the leader election', () => {
  it('never has two leases at once, whatever is late, lost, paused or dead, and ends with one leader', () => {
    fc.assert(fc.property(faithful, (faults) => {
      const rig = new ElectionRig(faults);
      rig.runUntil(TROUBLE_MS);
      expect(rig.overlaps).toEqual([]);
      checkEpochs(rig);
      const epochs = rig.grants.map(({ epoch }) => epoch);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      checkOneLeaderInTheEnd(rig);
      expect(rig.overlaps).toEqual([]);
    }), { numRuns: 250 });
  });

  it('gives no epoch twice and ends with one leader, also when the register is lost or goes back in time', () => {
    fc.assert(fc.property(faithless, (faults) => {
      const rig = new ElectionRig(faults);
      rig.runUntil(TROUBLE_MS);
      checkEpochs(rig);
      checkOneLeaderInTheEnd(rig);
    }), { numRuns: 250 });
  });

  it('keeps its leader when nothing is wrong', () => {
    const rig = new ElectionRig({ seed: 1, contenders: 3, lossChance: 0, slowChance: 0, pauses: [], crashes: [], graceful: [], losses: [], timeTravels: [] });
    rig.runUntil(600_000);
    expect(rig.grants).toHaveLength(1);
    expect(rig.record?.value.renewCount).toBeGreaterThan(150);
  });

  it('keeps its leader when the register is lost', () => {
    const rig = new ElectionRig({ seed: 1, contenders: 1, lossChance: 0, slowChance: 0, pauses: [], crashes: [], graceful: [], losses: [20_000], timeTravels: [] });
    rig.runUntil(60_000);
    expect(rig.grants).toHaveLength(1);
    expect(rig.record?.value.epoch).toBe(1);
  });

  it('hands over within a second when the leader crashed, and when it goes gracefully', () => {
    for (const end of ['crashes', 'graceful'] as const) {
      const quiet = { seed: 7, contenders: 2, lossChance: 0, slowChance: 0, pauses: [], crashes: [], graceful: [], losses: [], timeTravels: [] };
      const probe = new ElectionRig(quiet);
      probe.runUntil(20_000);
      const rig = new ElectionRig({ ...quiet, [end]: [{ who: probe.leaders()[0].who, atMs: 20_000, downMs: 30_000 }] });
      rig.runUntil(21_000);
      expect(rig.grants).toHaveLength(2);
      expect(rig.leaders()).toEqual([{ who: 1 - probe.leaders()[0].who, epoch: rig.grants[1].epoch }]);
    }
  });
});

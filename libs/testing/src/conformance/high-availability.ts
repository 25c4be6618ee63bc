/** What every HighAvailability must do, as Jest tests. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import type { HighAvailability, JobRegister } from '@weir/ports';

export interface HighAvailabilityFixture {
  /** A contender's own object over the one shared truth; called several times. */
  contender(): HighAvailability;
  cleanUp?(): Promise<void>;
}

const JOB = jobId('0123456789abcdef0123456789abcdef');
const OTHER = jobId('fedcba9876543210fedcba9876543210');
const register = (checkpointId: number): JobRegister => ({
  epoch: 1,
  status: 'running',
  lastCompletedCheckpoint: { checkpointId, path: `chk-${checkpointId}` },
});

/** Registers the suite. `makeFixture` is called for each test. */
export function highAvailabilityConformance(name: string, makeFixture: () => Promise<HighAvailabilityFixture>): void {
  describe(`${name} as HighAvailability`, () => {
    let fixture: HighAvailabilityFixture;
    let ha: HighAvailability;
    beforeEach(async () => {
      fixture = await makeFixture();
      ha = fixture.contender();
    });
    afterEach(async () => fixture.cleanUp?.());

    it('claims rising epochs from 1, whoever claims', async () => {
      expect(await ha.largestEpoch()).toBeUndefined();
      expect(await ha.claimEpoch()).toBe(1);
      expect(await fixture.contender().claimEpoch()).toBe(2);
      expect(await ha.largestEpoch()).toBe(2);
      expect(await ha.claimEpoch()).toBe(3);
    });

    it('gives no epoch to two of many that claim at once', async () => {
      const epochs = await Promise.all(Array.from({ length: 8 }, () => fixture.contender().claimEpoch()));
      expect(new Set(epochs).size).toBe(8);
      expect(await ha.largestEpoch()).toBe(Math.max(...epochs));
    });

    it('sets a register from nothing and reads it back', async () => {
      expect(await ha.readRegister(JOB)).toBeUndefined();
      expect(await ha.compareAndSetRegister(JOB, 0, { epoch: 3, status: 'running' })).toBe('set');
      expect(await fixture.contender().readRegister(JOB)).toEqual({ version: 1, value: { epoch: 3, status: 'running' } });
      expect(await ha.readRegister(OTHER)).toBeUndefined();
    });

    it('changes nothing on a conflict', async () => {
      expect(await ha.compareAndSetRegister(JOB, 0, register(1))).toBe('set');
      expect(await ha.compareAndSetRegister(JOB, 0, register(2))).toBe('conflict');
      expect(await ha.compareAndSetRegister(JOB, 7, register(2))).toBe('conflict');
      expect(await ha.readRegister(JOB)).toEqual({ version: 1, value: register(1) });
    });

    it('lets one of many contenders win each version', async () => {
      for (let version = 0; version < 4; version++) {
        const outcomes = await Promise.all(
          Array.from({ length: 6 }, (_, i) => fixture.contender().compareAndSetRegister(JOB, version, register(100 * version + i))),
        );
        expect(outcomes.filter((outcome) => outcome === 'set')).toHaveLength(1);
        expect(await ha.readRegister(JOB)).toEqual({ version: version + 1, value: register(100 * version + outcomes.indexOf('set')) });
      }
    });

    it('goes on through many versions', async () => {
      for (let version = 0; version < 40; version++) expect(await ha.compareAndSetRegister(JOB, version, register(version))).toBe('set');
      expect(await ha.readRegister(JOB)).toEqual({ version: 40, value: register(39) });
      expect(await ha.compareAndSetRegister(JOB, 3, register(3))).toBe('conflict');
    });
  });
}

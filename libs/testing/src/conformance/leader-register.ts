/** What every LeaderRegister must do, as Jest tests. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LeaderRecord, LeaderRegister, Versioned } from '@weir/ports';

export interface LeaderRegisterFixture {
  /** A contender's own object over the one shared register; called several times. */
  contender(): Promise<LeaderRegister>;
  /** Lets the register work until the condition holds; rejects when it does not. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Loses the register with all that is in it, as a message server that lost its disk; undefined when a test cannot do that. */
  lose?(): Promise<void>;
  cleanUp?(): Promise<void>;
}

const record = (leader: string, renewCount = 0): LeaderRecord => ({ epoch: 3, leader, restUrl: `http://${leader}:8081`, nonce: `nonce-of-${leader}`, renewCount });

/** Registers the suite. `makeFixture` is called for each test. */
export function leaderRegisterConformance(name: string, makeFixture: () => Promise<LeaderRegisterFixture>): void {
  describe(`${name} as a LeaderRegister`, () => {
    let fixture: LeaderRegisterFixture;
    let one: LeaderRegister;
    let other: LeaderRegister;
    beforeEach(async () => {
      fixture = await makeFixture();
      one = await fixture.contender();
      other = await fixture.contender();
    });
    afterEach(async () => fixture.cleanUp?.());

    /** Reads may be stale for a moment. */
    const read = async (register: LeaderRegister, expected: (found: Versioned<LeaderRecord> | undefined) => boolean): Promise<Versioned<LeaderRecord> | undefined> => {
      let found: Versioned<LeaderRecord> | undefined;
      await fixture.until(async () => {
        found = await register.read();
        return expected(found);
      });
      return found;
    };
    const versionOf = async (register: LeaderRegister, value: LeaderRecord): Promise<number> =>
      (await read(register, (found) => found?.value.leader === value.leader && found.value.renewCount === value.renewCount))?.version ?? -1;

    it('holds nothing at first', async () => {
      expect(await one.read()).toBeUndefined();
    });

    it('is set from nothing and read by everybody, whole', async () => {
      expect(await one.compareAndSet(0, record('jm-1'))).toBe('set');
      expect((await read(one, (found) => found !== undefined))?.value).toEqual(record('jm-1'));
      expect((await read(other, (found) => found !== undefined))?.value).toEqual(record('jm-1'));
    });

    it('keeps every character of a record', async () => {
      const value = { ...record('jm-ü'), restUrl: 'http://[::1]:8081/"quoted"\\%20\u{1F600}', nonce: 'n\n\u0000' };
      expect(await one.compareAndSet(0, value)).toBe('set');
      expect((await read(other, (found) => found !== undefined))?.value).toEqual(value);
    });

    it('names a larger, positive version after each change', async () => {
      let last = 0;
      for (let renewCount = 0; renewCount < 5; renewCount++) {
        expect(await one.compareAndSet(last, record('jm-1', renewCount))).toBe('set');
        const version = await versionOf(other, record('jm-1', renewCount));
        expect(version).toBeGreaterThan(last);
        last = version;
      }
    });

    it('answers two reads of one version with the same version', async () => {
      await one.compareAndSet(0, record('jm-1'));
      expect(await versionOf(one, record('jm-1'))).toBe(await versionOf(other, record('jm-1')));
    });

    it('changes nothing on a conflict', async () => {
      expect(await one.compareAndSet(0, record('jm-1'))).toBe('set');
      const version = await versionOf(other, record('jm-1'));
      expect(await other.compareAndSet(0, record('jm-2'))).toBe('conflict');
      expect(await other.compareAndSet(version + 1000, record('jm-2'))).toBe('conflict');
      expect(await other.clear(version + 1000)).toBe('conflict');
      expect(await other.clear(0)).toBe('conflict');
      expect(await one.read()).toEqual({ version, value: record('jm-1') });
    });

    it('refuses a version that was passed already', async () => {
      await one.compareAndSet(0, record('jm-1'));
      const first = await versionOf(one, record('jm-1'));
      expect(await one.compareAndSet(first, record('jm-1', 1))).toBe('set');
      expect(await other.compareAndSet(first, record('jm-2'))).toBe('conflict');
      expect(await other.clear(first)).toBe('conflict');
      expect(await versionOf(other, record('jm-1', 1))).toBeGreaterThan(first);
    });

    it('lets one of many contenders win from nothing, and one win each version after it', async () => {
      const contenders = await Promise.all(Array.from({ length: 6 }, () => fixture.contender()));
      let version = 0;
      for (let round = 0; round < 4; round++) {
        const outcomes = await Promise.all(contenders.map((register, i) => register.compareAndSet(version, record(`jm-${i}`, round))));
        expect(outcomes.filter((outcome) => outcome === 'set')).toHaveLength(1);
        version = await versionOf(one, record(`jm-${outcomes.indexOf('set')}`, round));
      }
    });

    it('is empty after it was cleared, for everybody', async () => {
      await one.compareAndSet(0, record('jm-1'));
      expect(await one.clear(await versionOf(one, record('jm-1')))).toBe('set');
      expect(await read(other, (found) => found === undefined)).toBeUndefined();
    });

    it('is set from nothing again after it was cleared, by one of many', async () => {
      await one.compareAndSet(0, record('jm-1'));
      const first = await versionOf(one, record('jm-1'));
      await one.clear(first);
      await read(other, (found) => found === undefined);
      expect(await one.compareAndSet(first, record('jm-1', 7))).toBe('conflict');
      const contenders = await Promise.all(Array.from({ length: 4 }, () => fixture.contender()));
      const outcomes = await Promise.all(contenders.map((register, i) => register.compareAndSet(0, record(`jm-${i}`, 8))));
      expect(outcomes.filter((outcome) => outcome === 'set')).toHaveLength(1);
      expect(await versionOf(one, record(`jm-${outcomes.indexOf('set')}`, 8))).toBeGreaterThan(first);
    });

    it('lets one of a clear and a renewal win', async () => {
      for (let round = 0; round < 5; round++) {
        const found = await one.read();
        const before = found?.version ?? 0;
        await one.compareAndSet(before, record('jm-1', 2 * round));
        const version = await versionOf(other, record('jm-1', 2 * round));
        const [cleared, renewed] = await Promise.all([one.clear(version), other.compareAndSet(version, record('jm-2', 2 * round + 1))]);
        expect([cleared, renewed].sort()).toEqual(['conflict', 'set']);
        const after = await read(one, (now) => (cleared === 'set' ? now === undefined : now?.value.leader === 'jm-2'));
        expect(after?.value.leader).toBe(cleared === 'set' ? undefined : 'jm-2');
      }
    });

    it('hints at changes to those who watch, until they stop', async () => {
      let hints = 0;
      const watching = other.watch(() => hints++);
      await one.compareAndSet(0, record('jm-1'));
      await fixture.until(() => hints > 0);
      const version = await versionOf(one, record('jm-1'));
      const before = hints;
      await one.clear(version);
      await fixture.until(() => hints > before);
      watching.unsubscribe();
      watching.unsubscribe();
      const atEnd = hints;
      let mine = 0;
      const fence = one.watch(() => mine++);
      await one.compareAndSet(0, record('jm-1', 2));
      await fixture.until(() => mine > 0);
      fence.unsubscribe();
      expect(hints).toBe(atEnd);
    });

    it('is empty after it was lost, and can be set from nothing', async () => {
      if (fixture.lose === undefined) return;
      await one.compareAndSet(0, record('jm-1'));
      const version = await versionOf(one, record('jm-1'));
      await one.compareAndSet(version, record('jm-1', 1));
      await fixture.lose();
      expect(await read(other, (found) => found === undefined)).toBeUndefined();
      expect(await other.compareAndSet(0, record('jm-2'))).toBe('set');
      expect((await read(one, (found) => found !== undefined))?.value).toEqual(record('jm-2'));
    });
  });
}

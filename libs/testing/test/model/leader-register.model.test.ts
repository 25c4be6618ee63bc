/**
 * Strategy: contenders over one `FileHighAvailability` each, on one file store that fails before or after any operation; commands in any order,
 * power cuts and lost files among them, and races whose file operations interleave as fast-check's scheduler draws.
 * Invariants: no epoch is claimed twice, and each is larger than all that were claimed before and not lost; a register holds what was last set;
 * of several writers that expect one version at most one is told `set`; what nobody was told to be set is read as set or not, and then stays.
 */
import { expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import { type HighAvailability, type JobRegister, MemoryFileStore, SeededRandom } from '@weir/ports';
import { FileHighAvailability } from '@weir/storage-fs';
import fc from 'fast-check';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const CONTENDERS = 3;

/** What is known of the shared truth. */
interface Model {
  /** Every claim that was answered. */
  readonly claimed: Set<number>;
  /** Claims must exceed it; falls only when files are lost. */
  largest: number;
  version: number;
  value: string | undefined;
  /** So many of the largest epochs' files are there, and nobody was told: until an answered claim stands on them a power cut may take them back. */
  claimsInDoubt: number;
  /** The same of the register's largest versions: for each, oldest first, what it would fall back to. */
  setsInDoubt: (string | undefined)[];
}
interface Real {
  readonly files: MemoryFileStore;
  readonly contenders: readonly HighAvailability[];
}
type Fault = 'none' | 'before' | 'after';

const registerOf = (text: string): JobRegister => ({ epoch: 1, status: 'running', lastCompletedCheckpoint: { checkpointId: 1, path: text } });

/** Runs `work` with its next creation failing; `after`: although it took effect. */
async function withFault<T>(files: MemoryFileStore, fault: Fault, work: () => Promise<T>): Promise<T | 'unknown'> {
  let armed = fault !== 'none';
  files.failWhen((operation) => {
    if (!armed || operation !== 'createExclusive') return undefined;
    armed = false;
    return { failure: 'io', applied: fault === 'after' };
  });
  try {
    return await work();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'WEIR_FILE_IO' });
    return 'unknown';
  } finally {
    files.failWhen(undefined);
  }
}

const registerIn = ({ version, value }: Model): unknown => (version === 0 ? undefined : { version, value: registerOf(value ?? '') });

class Claim implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly who: number, private readonly fault: Fault) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, { files, contenders }: Real): Promise<void> {
    const epoch = await withFault(files, this.fault, () => contenders[this.who].claimEpoch());
    if (epoch === 'unknown') {
      if (this.fault === 'before') return;
      model.largest++; // taken, by nobody
      model.claimsInDoubt++;
      return;
    }
    model.claimsInDoubt = 0;
    expect(epoch).toBe(model.largest + 1);
    expect(model.claimed.has(epoch)).toBe(false);
    model.claimed.add(epoch);
    model.largest = epoch;
    for (const contender of contenders) expect(await contender.largestEpoch()).toBe(epoch);
  }
  toString(): string {
    return `claim(${this.who}, ${this.fault})`;
  }
}

class SetRegister implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly who: number, private readonly behind: number, private readonly fault: Fault, private readonly text: string) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, { files, contenders }: Real): Promise<void> {
    const expected = Math.max(0, model.version - this.behind);
    const outcome = await withFault(files, this.fault, () => contenders[this.who].compareAndSetRegister(JOB, expected, registerOf(this.text)));
    if (expected !== model.version) {
      expect(outcome).toBe('conflict');
      return;
    }
    expect(outcome).toBe(this.fault === 'none' ? 'set' : 'unknown');
    if (this.fault === 'before') return;
    if (this.fault === 'after') model.setsInDoubt.push(model.value);
    else model.setsInDoubt = [];
    model.version++;
    model.value = this.text;
  }
  toString(): string {
    return `set(${this.who}, version - ${this.behind}, ${this.fault})`;
  }
}

class Read implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly who: number) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, { contenders }: Real): Promise<void> {
    const found = await contenders[this.who].readRegister(JOB);
    expect(found).toEqual(registerIn(model));
    model.setsInDoubt = []; // what was read stays
  }
  toString(): string {
    return `read(${this.who})`;
  }
}

class PowerCut implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly seed: number) {}
  check(): boolean {
    return true;
  }
  /** Whatever was answered is still there: the commands behind check it. What was in doubt is decided now. */
  async run(model: Model, { files, contenders }: Real): Promise<void> {
    files.powerCut(new SeededRandom(this.seed));
    for (const largest = (await contenders[0].largestEpoch()) ?? 0; model.claimsInDoubt > 0 && largest < model.largest; model.claimsInDoubt--) model.largest--;
    model.claimsInDoubt = 0;
    for (const version = (await contenders[0].readRegister(JOB))?.version ?? 0; model.setsInDoubt.length > 0 && version < model.version; model.version--) {
      model.value = model.setsInDoubt.pop();
    }
    model.setsInDoubt = [];
  }
  toString(): string {
    return `power cut(${this.seed})`;
  }
}

/** Epoch files go, one by one or all; what is left still counts (D4: the largest of them). */
class LoseEpochFile implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly which: number) {}
  check({ largest, claimsInDoubt }: Readonly<Model>): boolean {
    return largest - claimsInDoubt > 1;
  }
  async run(model: Model, { files }: Real): Promise<void> {
    const lost = 1 + (this.which % (model.largest - model.claimsInDoubt - 1)); // never the largest that was answered: that one is what the files promise
    await files.remove(`ha/epoch-${lost}`);
  }
  toString(): string {
    return `lose epoch file(${this.which})`;
  }
}

const who = fc.integer({ min: 0, max: CONTENDERS - 1 });
const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after');

it('given contenders, unknown outcomes, power cuts and lost older epoch files / then epochs rise and the register is what was set last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(
        [
          fc.tuple(who, fault).map(([contender, f]) => new Claim(contender, f)),
          fc.tuple(who, fc.constantFrom(0, 0, 0, 1, 2), fault, fc.string({ maxLength: 3 })).map(([contender, behind, f, text]) => new SetRegister(contender, behind, f, text)),
          who.map((contender) => new Read(contender)),
          fc.nat().map((seed) => new PowerCut(seed)),
          fc.nat({ max: 20 }).map((which) => new LoseEpochFile(which)),
        ],
        { maxCommands: 40 },
      ),
      async (commands) => {
        await fc.asyncModelRun(() => {
          const files = new MemoryFileStore();
          const contenders = Array.from({ length: CONTENDERS }, () => new FileHighAvailability(files, 'ha'));
          return { model: { claimed: new Set<number>(), largest: 0, version: 0, value: undefined, claimsInDoubt: 0, setsInDoubt: [] }, real: { files, contenders } };
        }, commands);
      },
    ),
    { numRuns: 400 },
  );
});

/** Every operation waits until the scheduler lets it go on: before it, and after it. */
function scheduled(files: MemoryFileStore, scheduler: fc.Scheduler, contender: number): MemoryFileStore {
  return new Proxy(files, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function' || !['list', 'read', 'createExclusive', 'remove', 'makeDirectory'].includes(String(name))) return member;
      return async (...given: unknown[]): Promise<unknown> => {
        await scheduler.schedule(Promise.resolve(), `${contender}: before ${String(name)}`);
        const result = await (member as (...all: unknown[]) => Promise<unknown>).apply(target, given);
        await scheduler.schedule(Promise.resolve(), `${contender}: after ${String(name)}`);
        return result;
      };
    },
  });
}

it('given contenders whose file operations interleave / then no epoch has two leaders, and no version two writers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 12 }), async (scheduler, contenders, rounds) => {
      const files = new MemoryFileStore();
      const epochs: number[] = [];
      const setBy = new Map<number, string>();
      const contend = async (name: number): Promise<void> => {
        const ha = new FileHighAvailability(scheduled(files, scheduler, name), 'ha');
        const epoch = await ha.claimEpoch();
        expect(epochs).not.toContain(epoch);
        epochs.push(epoch);
        for (let round = 0; round < rounds; round++) {
          const version = (await ha.readRegister(JOB))?.version ?? 0;
          try {
            if ((await ha.compareAndSetRegister(JOB, version, registerOf(`${name}-${round}`))) !== 'set') continue;
            expect(setBy.get(version + 1)).toBeUndefined();
            setBy.set(version + 1, `${name}-${round}`);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'WEIR_HA_OUTCOME_UNKNOWN' });
          }
        }
      };
      const all = Promise.all(Array.from({ length: contenders }, (_, name) => contend(name)));
      await scheduler.waitFor(all);
      const last = await new FileHighAvailability(files, 'ha').readRegister(JOB);
      const largest = Math.max(...setBy.keys());
      expect(last?.version).toBeGreaterThanOrEqual(largest);
      if (last?.version === largest) expect(last.value).toEqual(registerOf(setBy.get(largest) ?? ''));
    }),
    { numRuns: 150 },
  );
});

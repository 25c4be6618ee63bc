/**
 * What snapshots do to a task with state on the heap: the longest time from the begin of a turn of 2 ms until the task may go on, with and without a
 * snapshot each second, and what of the rate is lost (checksums included). Seconds of consumed CPU time: other programs on the machine do not count. The
 * pause is given by the clock as well.
 */
import { crc32 } from '@weir/base';
import { SystemClock, SystemTimers } from '@weir/host-node';
import { createHeapStateBackends, type KeyedStateBackend, stateDescriptor } from '@weir/state';
import { types } from '@weir/types';
import { median, round3 } from '../measure.js';

export interface HeapPauseResult {
  readonly keys: number;
  /** Medians of the rounds; all that a turn may last is in it, so 2 is the least. */
  readonly pauseMsMax: number;
  readonly pauseMsMaxWithout: number;
  readonly pauseClockMsMax: number;
  /** Longest call of `snapshot`. */
  readonly syncMsMax: number;
  /** Of a snapshot after each key has changed, and after one of a hundred has. */
  readonly fullBytes: number;
  readonly incrementalBytes: number;
  readonly updatesPerCoreS: number;
  readonly costPercent: number;
}

const TURN_MS = 2;
const PIECE = 1 << 20;
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `seconds` a round. */
export async function measureHeapPause(keys: number, seconds: number, rounds: number): Promise<HeapPauseResult> {
  const backend = await createHeapStateBackends({ clock: new SystemClock(), timers: new SystemTimers() }).open({
    operatorId: 'a'.repeat(32), operatorName: 'pause', keyGroupRange: { first: 0, last: 127 }, maxParallelism: 128, restored: { states: new Map(), tables: [] },
  });
  const count = backend.getState(stateDescriptor.value('count', types.long, 0));
  let record = 0;
  const update = (records: number): void => {
    for (const end = record + records; record < end; record++) {
      backend.keyContext.setCurrentKey((Math.imul(record, 0x9e3779b1) >>> 4) % keys);
      count.update((count.value() as number) + 1);
    }
  };
  let checkpointId = 0;
  let syncMsMax = 0;
  /** As checkpoint storage takes it; bytes that were written. */
  const store = async (): Promise<number> => {
    const started = cpuMs();
    const captured = backend.snapshot({ checkpointId: ++checkpointId, format: 'native', sources: [] });
    syncMsMax = Math.max(syncMsMax, cpuMs() - started);
    const { tables } = await captured;
    const last = tables?.files.at(-1);
    if (tables === undefined || last === undefined) throw new Error('nothing was captured');
    let checksum = 0;
    for (let at = 0; at < last.sizeBytes; at += PIECE) {
      checksum = crc32(await last.read(at, Math.min(PIECE, last.sizeBytes - at)), checksum);
      await turn();
    }
    await tables.settled(tables.files.map(({ stored, sizeBytes }) => stored ?? { path: `${checkpointId}`, sizeBytes, crc32: checksum }));
    backend.checkpointComplete?.(checkpointId);
    return last.sizeBytes;
  };
  let pauseClockMsMax = 0;
  const run = async (withSnapshots: boolean): Promise<{ readonly pauseMs: number; readonly perCoreS: number }> => {
    const started = cpuMs();
    const before = record;
    let pauseMs = 0;
    let due = started;
    let storing: Promise<unknown> | undefined;
    while (cpuMs() - started < seconds * 1000) {
      const [at, clockAt] = [cpuMs(), performance.now()];
      do update(256); while (cpuMs() - at < TURN_MS);
      if (withSnapshots && at >= due && storing === undefined) {
        due += 1000;
        storing = store().then(() => { storing = undefined; });
      }
      await turn();
      pauseMs = Math.max(pauseMs, cpuMs() - at);
      if (withSnapshots) pauseClockMsMax = Math.max(pauseClockMsMax, performance.now() - clockAt);
    }
    await storing;
    return { pauseMs, perCoreS: ((record - before) / (cpuMs() - started)) * 1000 };
  };

  for (let i = 0; i < 4 * keys; i += 1000) update(1000);
  await run(true);
  [syncMsMax, pauseClockMsMax] = [0, 0]; // code is compiled now
  const [without, beside]: [number[], number[]] = [[], []];
  const costs: number[] = [];
  let rate = 0;
  for (let round = 0; round < rounds; round++) {
    const plain = await run(false);
    const measured = await run(true);
    without.push(plain.pauseMs);
    beside.push(measured.pauseMs);
    costs.push((1 - measured.perCoreS / plain.perCoreS) * 100);
    rate = Math.max(rate, measured.perCoreS);
  }
  update(4 * keys);
  const fullBytes = await store();
  const incrementalBytes = await onePercent(backend, keys, count, store);
  return {
    keys, pauseMsMax: round3(median(beside)), pauseMsMaxWithout: round3(median(without)), pauseClockMsMax: round3(pauseClockMsMax), syncMsMax: round3(syncMsMax), fullBytes, incrementalBytes, updatesPerCoreS: Math.round(rate),
    costPercent: round3(median(costs)),
  };
}

async function onePercent(backend: KeyedStateBackend, keys: number, count: { update(value: number): void }, store: () => Promise<number>): Promise<number> {
  for (let key = 0; key < keys; key += 100) {
    backend.keyContext.setCurrentKey(key);
    count.update(1);
  }
  return store();
}

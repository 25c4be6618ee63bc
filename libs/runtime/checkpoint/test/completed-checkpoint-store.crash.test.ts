/**
 * Exhaustive crash points: one history of recover, snapshot, complete and discard is run again for every file operation in it, and the power is
 * cut right after that one, with several drawings of what the disk kept. Then a successor recovers.
 * I6: what was reported completed is never lost, and the successor's choice is one that was written whole. I8: every byte of the adopted
 * checkpoint verifies. P5: the successor starts from nothing only if nothing had been completed.
 */
import { leaderEpoch } from '@weir/base';
import { MemoryFileStore, MemoryHighAvailability, SeededRandom } from '@weir/ports';
import { describe, expect, it } from '@jest/globals';
import { FileCheckpointStorage } from '../src/index.js';
import { attempts, COUNT, graph, JOB_DIRECTORY, metadata, store } from './fixtures.js';

const PAYLOAD = (id: number): Uint8Array => new Uint8Array(1500).fill(id);

interface Trace {
  started: number;
  completed: number;
}

/** One leader: recover, then checkpoints, each with a state file; older ones are discarded. Ends when the power fails. */
async function lead(files: MemoryFileStore, ha: MemoryHighAvailability, trace: Trace, checkpoints: number): Promise<void> {
  const epoch = await ha.claimEpoch();
  const leader = store(files, ha, epoch);
  const recovery = await leader.recover();
  const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY, inlineThresholdBytes: 100 });
  const [attempt] = attempts(graph(1), epoch, 0);
  for (let id = recovery.nextCheckpointId; id < recovery.nextCheckpointId + checkpoints; id++) {
    trace.started = id;
    const snapshot = await storage.writeSubtask({
      checkpointId: id, attempt, finished: false, inputs: [], outputs: [],
      operators: [{ operatorId: COUNT, keyed: { firstKeyGroup: 0, offsets: [0, 1500], bytes: PAYLOAD(id) }, lists: [] }],
    });
    const outcome = await leader.complete(metadata(id, epoch, [snapshot]));
    if (outcome.kind !== 'completed') throw new Error(`power failed: ${outcome.failure.message}`);
    trace.completed = id;
    await leader.discardSubsumed(outcome.permit);
  }
}

async function runUntilCut(cutAfter: number, seed: number): Promise<{ files: MemoryFileStore; ha: MemoryHighAvailability; trace: Trace; cut: boolean }> {
  const files = new MemoryFileStore();
  const ha = new MemoryHighAvailability();
  const trace = { started: 0, completed: 0 };
  let cut = false;
  files.failWhen(() => (files.operations > cutAfter ? 'io' : undefined));
  try {
    await lead(files, ha, trace, 4);
    await lead(files, ha, trace, 2);
  } catch {
    cut = true; // Everything after the cut fails; what matters is what the disk kept.
  }
  files.failWhen(undefined);
  files.powerCut(new SeededRandom(seed));
  return { files, ha, trace, cut };
}

describe('given a leader whose power is cut after any one file operation', () => {
  const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

  it('then its successor starts from a whole checkpoint, not older than the last that was reported completed', async () => {
    let points = 0;
    for (let cutAfter = 0; ; cutAfter++) {
      let anyCut = false;
      for (const seed of SEEDS) {
        const { files, ha, trace, cut } = await runUntilCut(cutAfter, seed);
        anyCut ||= cut;
        const where = `cut after operation ${cutAfter}, seed ${seed}`;
        const successor = store(files, ha, await ha.claimEpoch());
        const recovery = await successor.recover();
        const id = recovery.restored?.checkpoint.metadata.checkpointId ?? 0;
        expect({ where, notOlder: id >= trace.completed, notInvented: id <= trace.started, above: recovery.nextCheckpointId > id }).toEqual({
          where, notOlder: true, notInvented: true, above: true,
        });
        expect({ where, damaged: recovery.notes.filter((note) => note.includes('damaged')) }).toEqual({ where, damaged: [] }); // S4
        const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY });
        for (const subtask of recovery.restored?.checkpoint.metadata.subtasks ?? []) {
          const bytes = await storage.readState(subtask.state ?? { kind: 'inline', bytes: new Uint8Array(0), crc32: 1 });
          const segment = subtask.operators[0].keyed?.segment ?? { offset: 0, length: 0 };
          expect(Buffer.from(bytes.subarray(segment.offset, segment.offset + segment.length)).equals(PAYLOAD(id))).toBe(true);
        }
        // And the job can go on.
        const next = await successor.complete(metadata(recovery.nextCheckpointId, leaderEpoch((await ha.largestEpoch()) ?? 1)));
        expect(next.kind).toBe('completed');
      }
      points++;
      if (!anyCut) break;
    }
    expect(points).toBeGreaterThan(60);
  });

  it('and when the successor too loses power after any operation, then its choice is not taken back', async () => {
    // A disk that holds checkpoint 4 completed, 5 incomplete.
    for (let cutAfter = 0; cutAfter < 60; cutAfter++) {
      for (const seed of [1, 2, 3, 4]) {
        const { files, ha, trace } = await runUntilCut(70, seed);
        const second = store(files, ha, await ha.claimEpoch());
        const before = files.operations;
        files.failWhen(() => (files.operations > before + cutAfter ? 'io' : undefined));
        let chosen: number | undefined;
        try {
          chosen = (await second.recover()).restored?.checkpoint.metadata.checkpointId ?? 0;
        } catch {
          chosen = undefined; // It never said what it chose.
        }
        files.failWhen(undefined);
        files.powerCut(new SeededRandom(seed + 100));
        const third = await store(files, ha, await ha.claimEpoch()).recover();
        const id = third.restored?.checkpoint.metadata.checkpointId ?? 0;
        expect(id).toBeGreaterThanOrEqual(trace.completed);
        if (chosen !== undefined) expect(id).toBe(chosen);
      }
    }
  });
});

/**
 * Exhaustive crash points with files that several checkpoints share: each checkpoint refers to the table files of the three before it, written once, and two are kept.
 * The power is cut after every single file operation of two leaders' snapshots, uploads, completions and cleanings, with several drawings of what the
 * disk kept. S5: every file that a kept checkpoint refers to is there and verifies, before the successor's cleaning and behind it.
 */
import { describe, expect, it } from '@jest/globals';
import { MemoryFileStore, MemoryHighAvailability, SeededRandom } from '@weir/ports';
import type { StoredFile, TableSnapshot } from '@weir/state';
import { type CheckpointMetadata, type CompletedCheckpointStore, FileCheckpointStorage, filesOf, verifyCheckpoint } from '../src/index.js';
import { attempts, COUNT, graph, JOB_DIRECTORY, metadata, store } from './fixtures.js';

const SHARED = 3;
const KEPT = 2;
const contentOf = (name: string): Uint8Array => new TextEncoder().encode(`${name} `.repeat(50));

/** A backend's tables: those of the last checkpoints, of which it knows where they are, and a new one. */
class Tables {
  constructor(private stored: readonly (readonly [string, StoredFile])[] = []) {}

  snapshot(checkpointId: number): TableSnapshot {
    const all: (readonly [string, StoredFile | undefined])[] = [...this.stored.slice(-SHARED), [`t${checkpointId}.ldb`, undefined]];
    return {
      format: 'test', scope: 'count', keyGroups: { first: 0, last: 127 }, meta: new Uint8Array([1]),
      files: all.map(([name, stored]) => ({ name, sizeBytes: contentOf(name).length, stored, read: (offset, length) => Promise.resolve(contentOf(name).slice(offset, offset + length)) })),
      settled: (stored) => {
        if (stored !== undefined) this.stored = all.map(([name], i) => [name, stored[i]]);
        return Promise.resolve();
      },
    };
  }
}

function restoredTables(checkpoint: CheckpointMetadata | undefined): Tables {
  const index = checkpoint?.subtasks[0]?.operators[0]?.tables;
  return new Tables((index?.files ?? []).map(({ name, file: { path, sizeBytes, crc32 } }) => [name, { path, sizeBytes, crc32 }]));
}

interface Leader {
  readonly store: CompletedCheckpointStore;
  readonly recovered: { readonly metadata: CheckpointMetadata; readonly path: string } | undefined;
  checkpoint(): Promise<void>;
}

async function leader(files: MemoryFileStore, ha: MemoryHighAvailability): Promise<Leader> {
  const epoch = await ha.claimEpoch();
  const completed = store(files, ha, epoch, KEPT);
  const { restored, nextCheckpointId } = await completed.recover();
  const tables = restoredTables(restored?.checkpoint.metadata);
  const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY });
  const [attempt] = attempts(graph(1), epoch, 0);
  let id = nextCheckpointId;
  return {
    store: completed, recovered: restored?.checkpoint,
    checkpoint: async () => {
      const checkpointId = id++;
      const operators = [{ operatorId: COUNT, lists: [], tables: tables.snapshot(checkpointId) }];
      const snapshot = await storage.writeSubtask({ checkpointId, attempt, finished: false, inputs: [], outputs: [], operators });
      const outcome = await completed.complete(metadata(checkpointId, epoch, [snapshot]));
      if (outcome.kind !== 'completed') throw new Error(`not completed: ${outcome.failure.message}`);
      await completed.discardSubsumed(outcome.permit);
    },
  };
}

/** Two leaders, until the power fails. */
async function runUntilCut(cutAfter: number, seed: number): Promise<{ readonly files: MemoryFileStore; readonly ha: MemoryHighAvailability; readonly cut: boolean }> {
  const files = new MemoryFileStore();
  const ha = new MemoryHighAvailability();
  let cut = false;
  files.failWhen(() => (files.operations > cutAfter ? 'io' : undefined));
  try {
    for (const checkpoints of [4, 3]) {
      const own = await leader(files, ha);
      for (let i = 0; i < checkpoints; i++) await own.checkpoint();
    }
  } catch {
    cut = true; // what matters is what the disk kept
  }
  cut ||= files.operations > cutAfter;
  files.failWhen(undefined);
  files.powerCut(new SeededRandom(seed));
  return { files, ha, cut };
}

describe('given checkpoints that share files', () => {
  it('when the power is cut after any one file operation / then what a successor starts from is whole, and stays so through its cleaning', async () => {
    let shared = 0;
    for (let cutAfter = 0; ; cutAfter++) {
      let anyCut = false;
      for (const seed of [1, 2, 3]) {
        const { files, ha, cut } = await runUntilCut(cutAfter, seed);
        anyCut ||= cut;
        const where = `cut after operation ${cutAfter}, seed ${seed}`;
        const successor = await leader(files, ha);
        if (successor.recovered !== undefined) {
          const { path, metadata: restored } = successor.recovered;
          expect({ where, found: await verifyCheckpoint(files, path) }).toMatchObject({ where, found: { valid: true } });
          shared += new Set(filesOf(restored).map((file) => file.path.split('/')[0])).size > 1 ? 1 : 0;
        }
        await successor.checkpoint();
        await successor.checkpoint();
        const latest = successor.store.latest?.path as string;
        expect({ where, found: await verifyCheckpoint(files, latest) }).toMatchObject({ where, found: { valid: true } });
      }
      if (!anyCut) break;
    }
    expect(shared).toBeGreaterThan(100);
  });
});

/** A cache of about ten entries: most reads miss, most writes are on their way. With logs of changes, and with so little room for them that most are given up. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '@weir/ports';
import { stateBackendConformance } from '@weir/testing/conformance';
import { levelStateBackends } from '../src/index.js';

for (const [name, changesBytes] of [['leveldb', undefined], ['leveldb, little room for changes', 400]] as const) {
  stateBackendConformance(name, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'weir-level-'));
    const clock = new ManualClock(0);
    return {
      clock, backends: levelStateBackends({
        directory, logger: silentLogger, clock, cacheBytes: 2048, dirtyBytes: 1024, blockCacheBytes: 1 << 20, writeBufferBytes: 64 << 10, tableFileBytes: 1 << 20, changesBytes,
      }),
      cleanUp: () => rm(directory, { recursive: true, force: true }),
    };
  }, { incremental: 'across-restores' }, 100);
}

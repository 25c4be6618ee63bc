import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@weir/ports';
import { stateBackendConformance } from '@weir/testing/conformance';
import { levelStateBackends } from '../src/index.js';

stateBackendConformance('leveldb', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-level-'));
  return {
    // A cache of about ten entries: most reads miss, most writes are on their way.
    backends: levelStateBackends({
      directory, logger: silentLogger, cacheBytes: 2048, dirtyBytes: 1024, blockCacheBytes: 1 << 20, writeBufferBytes: 64 << 10, tableFileBytes: 1 << 20,
    }),
    cleanUp: () => rm(directory, { recursive: true, force: true }),
  };
}, { incremental: true });

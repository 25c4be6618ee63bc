/** The LevelDB backends of a task, by the configuration. LevelDB itself is loaded when the first one is opened: who keeps state on the heap does not wait for it. */
import { tmpdir } from 'node:os';
import type { Configuration } from '@weir/base';
import type { Logger } from '@weir/ports';
import { type KeyedStateBackends, type StateBackendProvider, stateOptions } from '@weir/state';
import type { LevelBackendOptions } from './level-backend.js';
import { sweepWorkingFolders, workingFolder } from './working-folders.js';

export interface LevelStateBackendsOptions extends LevelBackendOptions {
  /** Folder of this attempt; made when needed, gone when the last backend was closed. */
  readonly directory: string;
  readonly logger: Logger;
}

export function levelStateBackends(options: LevelStateBackendsOptions): KeyedStateBackends {
  return {
    open: async (request) => {
      const { openLevelBackend } = await import('./open-level-backend.js');
      return openLevelBackend(request, options);
    },
  };
}

/** Temporary directories in which this thread has looked for folders of processes that are gone. */
const swept = new Set<string>();

/** `state.backend.type: leveldb`. */
export const leveldbStateBackend: StateBackendProvider = {
  type: 'leveldb',
  backendsFor: ({ name, configuration, logger, clock }) => {
    const parent = workingDirectory(name, configuration);
    const backends = levelStateBackends({ directory: workingFolder(parent, name), logger, clock, ...sizes(configuration) });
    return {
      open: async (request) => {
        if (!swept.has(parent)) {
          swept.add(parent);
          const { LevelStore, removeFolder } = await import('./level-store.js');
          await sweepWorkingFolders(parent, { isLocked: (store) => LevelStore.isLocked(store), remove: removeFolder }, logger);
        }
        return backends.open(request);
      },
    };
  },
};

function workingDirectory(name: string, configuration: Configuration): string {
  const directories = configuration.get(stateOptions.temporaryDirectories).split(',').map((directory) => directory.trim()).filter((directory) => directory !== '');
  if (directories.length === 0) return tmpdir();
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) >>> 0;
  return directories[hash % directories.length];
}

function sizes(configuration: Configuration): LevelBackendOptions {
  return {
    cacheBytes: configuration.get(stateOptions.cacheSize), dirtyBytes: configuration.get(stateOptions.dirtySize), blockCacheBytes: configuration.get(stateOptions.blockCacheSize),
    writeBufferBytes: configuration.get(stateOptions.writeBufferSize), tableFileBytes: configuration.get(stateOptions.tableFileSize),
  };
}

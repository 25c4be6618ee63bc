/** The LevelDB backends of a task, by the configuration. LevelDB itself is loaded when the first one is opened: who keeps state on the heap does not wait for it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '@weir/base';
import type { Logger } from '@weir/ports';
import { type KeyedStateBackends, type StateBackendProvider, stateOptions } from '@weir/state';
import type { LevelBackendOptions } from './level-backend.js';

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

/** `state.backend.type: leveldb`. */
export const leveldbStateBackend: StateBackendProvider = {
  type: 'leveldb',
  backendsFor: ({ name, configuration, logger }) => levelStateBackends({ directory: join(workingDirectory(name, configuration), `weir-state-${name}`), logger, ...sizes(configuration) }),
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

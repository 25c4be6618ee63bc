/** Shows what the processes of a cluster write to their logs from now on, each line with the name of its process. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cancel, Timers } from '@weir/ports';
import type { Style } from '../render/text.js';
import type { ClusterDirectory } from './cluster-state.js';

const LOOK_EVERY_MS = 100;
const NAME_WIDTH = 10;

/** Returns the end of it, which shows what is left. */
export function followLogs(directory: ClusterDirectory, style: Style, write: (text: string) => void, timers: Timers): () => void {
  directory.make();
  const positions = new Map(logFiles(directory).map((path) => [path, statSync(path).size]));
  const look = (): void => {
    for (const path of logFiles(directory)) {
      const text = readFrom(path, positions.get(path) ?? 0);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      positions.set(path, (positions.get(path) ?? 0) + Buffer.byteLength(whole));
      const name = style.cyan(basename(path, '.log').padEnd(NAME_WIDTH));
      if (whole !== '') write(whole.replace(/^(?=.)/gm, `${name} `));
    }
  };
  let cancel: Cancel;
  const again = (): void => {
    look();
    cancel = timers.after(LOOK_EVERY_MS, again);
  };
  cancel = timers.after(LOOK_EVERY_MS, again);
  return () => {
    cancel();
    look();
  };
}

function logFiles(directory: ClusterDirectory): string[] {
  return readdirSync(directory.logs).filter((name) => name.endsWith('.log')).sort().map((name) => join(directory.logs, name));
}

function readFrom(path: string, position: number): string {
  const size = statSync(path).size - position;
  if (size <= 0) return '';
  const bytes = Buffer.alloc(size);
  const file = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, size, position));
  } finally {
    closeSync(file);
  }
}

/** Paths of the command line that other processes read. */
import { resolve } from 'node:path';
import type { CliIo } from './io.js';

/** Relative to where the command was given; addresses of object stores stay as they are. */
export function absolutePath(path: string, { workingDirectory }: Pick<CliIo, 'workingDirectory'>): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path : resolve(workingDirectory, path);
}

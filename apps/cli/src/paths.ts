/** Paths of the command line, that other processes read and that people see. */
import { relative, resolve } from 'node:path';
import { schemeOf } from '@weir/ports';
import type { CliIo } from './io.js';

/** Relative to where the command was given; addresses of object stores stay as they are. */
export function absolutePath(path: string, { workingDirectory }: Pick<CliIo, 'workingDirectory'>): string {
  return schemeOf(path) === undefined ? resolve(workingDirectory, path) : path;
}

/** As short as it can be told from where the command was given. */
export function shownPath(path: string, { workingDirectory }: Pick<CliIo, 'workingDirectory'>): string {
  return schemeOf(path) === undefined ? relative(workingDirectory, path) : path;
}

/** The output of a job that writes to the real file sink, on the simulated disk: what is visible, and what was left behind. */
import type { Sink } from '@weir/connector';
import { FileSink } from '@weir/connector-file';
import { jsonLines } from '@weir/format-json';
import type { MemoryFileStore } from '@weir/ports';
import { formatItem, type Item } from './random-pipeline.js';

const DIRECTORY = '/out';

export function fileSink(): Sink<unknown, unknown> {
  return FileSink.forRowFormat(DIRECTORY, jsonLines<Item>()).build() as Sink<unknown, unknown>;
}

export interface FileOutput {
  readonly visible: readonly string[];
  /** Names of files that are neither committed nor removed. */
  readonly staging: readonly string[];
}

export async function readOutput(files: MemoryFileStore): Promise<FileOutput> {
  const visible: string[] = [];
  const staging: string[] = [];
  for (const { name, path } of await files.list(DIRECTORY)) {
    if (name.startsWith('.')) {
      staging.push(name);
      continue;
    }
    const text = new TextDecoder().decode(await files.read(path));
    for (const line of text.split('\n')) if (line !== '') visible.push(formatItem(JSON.parse(line)));
  }
  return { visible, staging };
}

/** What a process of a cluster gets from the command line that runs it. */
import { bundleFolder } from '@weir/artifacts';
import type { ProcessIo } from '@weir/process';
import type { CliIo } from '../io.js';

export function processIo(io: CliIo): ProcessIo {
  const bundle = bundleFolder();
  return {
    workingDirectory: io.workingDirectory,
    writeLog: (line) => io.err.write(line),
    onStop: (listener) => io.onInterrupt(listener),
    threadEntry: (name) => `${bundle}/${name}.js`,
  };
}

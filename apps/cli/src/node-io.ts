/** {@link CliIo} on the real process. */
import { SystemClock, SystemTimers } from '@weir/host-node';
import type { CliIo, TextOutput } from './io.js';

const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const;

export function nodeIo(): CliIo {
  // Taken before anything can replace them: what goes through `out` and `err` is never foreign.
  const writers = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) };
  // A reader that went away (`weir … | head`) is the end of the run, not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: textOutput(process.stdout, (text) => writers.out(text)),
    err: textOutput(process.stderr, (text) => writers.err(text)),
    environment: process.env,
    workingDirectory: process.cwd(),
    clock: new SystemClock(),
    timers: new SystemTimers(),
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => {
        for (const signal of INTERRUPTS) process.off(signal, listener);
      };
    },
    exitNow: (code) => process.exit(code), // cuts what would hold the process: threads with user code, connections, a wait that the user has no patience for
    interceptForeignOutput(before) {
      const original = { out: process.stdout.write, err: process.stderr.write };
      const around = (write: typeof process.stdout.write): typeof process.stdout.write =>
        ((...args: Parameters<typeof process.stdout.write>) => {
          before();
          return write(...args);
        }) as typeof process.stdout.write;
      process.stdout.write = around(writers.out as typeof process.stdout.write);
      process.stderr.write = around(writers.err as typeof process.stderr.write);
      return () => {
        process.stdout.write = original.out;
        process.stderr.write = original.err;
      };
    },
  };
}

function textOutput(stream: NodeJS.WriteStream, write: (text: string) => void): TextOutput {
  return { write, isTerminal: stream.isTTY === true, columns: () => stream.columns || 80 };
}

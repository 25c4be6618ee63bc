/**
 * Keeps what user code does to its thread from passing for something else: `process.exit` becomes an error at the place of the call, and errors that
 * nobody catches are handed over instead of ending the thread without a word. (`process.chdir`, `abort` and the like throw in threads anyway.)
 */
import { ProcessExitCalledError, UncaughtInJobError } from './errors.js';

/** For the whole thread; once. */
export function guardUserCode(uncaught: (error: UncaughtInJobError) => void): void {
  process.exit = ((code?: number | string) => {
    throw new ProcessExitCalledError(code);
  }) as typeof process.exit;
  process.on('uncaughtException', (error) => uncaught(new UncaughtInJobError(error)));
  process.on('unhandledRejection', (reason) => uncaught(new UncaughtInJobError(reason)));
}

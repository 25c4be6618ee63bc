/** What a command may touch of its process. Tests give their own. */
import type { Clock, Timers } from '@weir/ports';

export interface TextOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 when unknown. */
  columns(): number;
}

export interface CliIo {
  /** Data: what jobs print, their own summaries, `--json` lines, listings. */
  readonly out: TextOutput;
  /** What Weir has to say: progress, notes, errors. */
  readonly err: TextOutput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called on Ctrl-C and SIGTERM; returns the end of the subscription. While nobody listens the process just ends. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process now. */
  exitNow(code: number): void;
  /**
   * Calls `before` ahead of everything that this process prints past `out` and `err` (job code, `console.log`), so that a live display
   * can step aside; returns the end of it.
   */
  interceptForeignOutput(before: () => void): () => void;
}

/** Documented in docs/cli.md. */
export const ExitCode = { ok: 0, jobFailed: 1, usage: 2, canceled: 130 } as const;

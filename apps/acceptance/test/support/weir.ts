/** The real CLI as a child process. Every run has a time limit; what it said comes with every failure. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../cli/bin/weir.mjs', import.meta.url));
export const mainJob = fileURLToPath(new URL('../../../examples/late-departures/src/job.ts', import.meta.url));
export const flightsFile = fileURLToPath(new URL('../../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));

const TIME_LIMIT_MS = 60_000;

/** One object of `--json`. */
export interface JsonEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface Outcome {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Program and arguments that start the CLI, e.g. `['prlimit', '--fsize=1000']`. */
  readonly wrapper?: readonly string[];
}

/** A CLI process in a directory. */
export class WeirProcess {
  private readonly child: ChildProcess;
  private readonly listeners = new Set<() => void>();
  private ended = false;
  out = '';
  err = '';
  readonly outcome: Promise<Outcome>;

  constructor(readonly directory: string, readonly args: readonly string[], { environment = {}, wrapper = [] }: RunOptions = {}) {
    const [program, ...before] = [...wrapper, process.execPath, bin];
    this.child = spawn(program, [...before, ...args], {
      cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...environment },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.told(() => (this.out += text)));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.told(() => (this.err += text)));
    this.outcome = new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new Error(`weir ${args.join(' ')} had not ended after ${TIME_LIMIT_MS} ms\n${this.out}${this.err}`));
      }, TIME_LIMIT_MS);
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        clearTimeout(limit);
        resolve({ code, signal, out: this.out, err: this.err });
        this.told(() => (this.ended = true));
      });
    });
    this.outcome.catch(() => undefined); // whoever waits is told
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Whole lines of `--json` so far. */
  events(): JsonEvent[] {
    return jsonEvents(this.out);
  }

  /** Waits until `condition` holds, looking at each output of the process and every few milliseconds; false when it ended before. */
  async until(condition: () => boolean): Promise<boolean> {
    for (;;) {
      if (condition()) return true;
      if (this.ended) return false;
      await this.nextChange(POLL_MS);
    }
  }

  /** `kill -9`; settles when the process is gone. Harmless when it ended by itself. */
  async kill(): Promise<Outcome> {
    this.child.kill('SIGKILL');
    return this.outcome;
  }

  private nextChange(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.listeners.add(done);
    });
  }

  private told(change: () => void): void {
    change();
    for (const listener of [...this.listeners]) listener();
  }
}

const POLL_MS = 4;

export function runWeir(directory: string, args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return new WeirProcess(directory, args, options).outcome;
}

/** Runs to the end and demands exit code 0. */
export async function runWeirWell(directory: string, args: readonly string[], options?: RunOptions): Promise<Outcome> {
  const outcome = await runWeir(directory, args, options);
  if (outcome.code !== 0) throw new Error(`weir ${args.join(' ')} ended with ${outcome.code ?? outcome.signal}\n${outcome.out}${outcome.err}`);
  return outcome;
}

/** Throws when a whole line is no JSON: with `--json` nothing else may be on stdout. */
export function jsonEvents(out: string): JsonEvent[] {
  const lines = out.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JsonEvent);
}

/** What a `--json` run failed with: refused before it ran, or failed while it did. */
export function failureIn(out: string): Failure | undefined {
  for (const event of jsonEvents(out)) {
    if (event.type === 'error') return event as unknown as Failure;
    if (event.type === 'result' && event.failure !== undefined) return event.failure as Failure;
  }
  return undefined;
}

/** Texts of `--json` notes. */
export function notesIn(out: string): string[] {
  return jsonEvents(out).filter((event) => event.type === 'note').map((event) => String(event.text));
}

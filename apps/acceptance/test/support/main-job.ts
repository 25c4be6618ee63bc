/** The main job with its output in a directory of its own, held against an undisturbed run of it. */
import { setTimeout as after } from 'node:timers/promises';
import { committedLines, ReferenceOutput, uncommittedFiles } from './output.js';
import { flightsFile, jsonEvents, mainJob, runWeirWell, WeirProcess, type Outcome } from './weir.js';
import type { Workspace } from './workspace.js';

const BRANCHES = ['delays', 'alerts'] as const;

export class MainJob {
  private readonly references = new Map<string, ReferenceOutput>();
  private readonly started: WeirProcess[] = [];

  constructor(
    private readonly workspace: Workspace,
    private readonly name: string,
    /** Options of `weir run`. */
    private readonly options: readonly string[],
    private readonly input = flightsFile,
  ) {}

  get output(): string {
    return this.workspace.file(this.name);
  }

  get checkpoints(): string {
    return this.workspace.file('.weir/checkpoints');
  }

  private args(more: readonly string[], output = this.name): string[] {
    return ['run', mainJob, '--json', ...this.options, ...more, '--', '--input', this.input, '--output', output];
  }

  /** Runs it elsewhere to its end, for the reference. Returns how long the process took. */
  async undisturbed(): Promise<number> {
    const start = Date.now();
    await runWeirWell(this.workspace.path, this.args([], `${this.name}-undisturbed`));
    const took = Date.now() - start;
    for (const branch of BRANCHES) this.references.set(branch, ReferenceOutput.of(this.workspace.file(`${this.name}-undisturbed`, branch)));
    return took;
  }

  start(...options: string[]): WeirProcess {
    const process = new WeirProcess(this.workspace.path, this.args(options));
    this.started.push(process);
    return process;
  }

  /** Ends what a failed test left running. */
  async killAll(): Promise<void> {
    for (const process of this.started) await process.kill();
  }

  async startAndKill(atMs: number, ...options: string[]): Promise<Outcome> {
    const process = this.start(...options);
    await Promise.race([after(atMs, undefined, { ref: false }), process.outcome]);
    return process.kill();
  }

  async finish(...options: string[]): Promise<ReturnType<typeof jsonEvents>> {
    return jsonEvents((await runWeirWell(this.workspace.path, this.args(options))).out);
  }

  /** What is wrong with what is committed so far. */
  problemsSoFar(): string[] {
    return BRANCHES.flatMap((branch) => this.reference(branch).problemsOfPart(committedLines(`${this.output}/${branch}`)).map((it) => `${branch}: ${it}`));
  }

  /** What is wrong with the output of a run that has finished. */
  problemsAtTheEnd(): string[] {
    const problems = this.problemsSoFar();
    for (const branch of BRANCHES) {
      const lines = committedLines(`${this.output}/${branch}`);
      const reference = this.reference(branch);
      // No line twice and none that is foreign, as `problemsSoFar` found: the same number is the same output.
      if (lines.length !== reference.size) problems.push(`${branch}: ${lines.length} lines instead of ${reference.size}`);
    }
    return [...problems, ...uncommittedFiles(this.output).map((path) => `left uncommitted: ${path}`)];
  }

  committedCount(): number {
    return BRANCHES.reduce((sum, branch) => sum + committedLines(`${this.output}/${branch}`).length, 0);
  }

  private reference(branch: string): ReferenceOutput {
    const reference = this.references.get(branch);
    if (reference === undefined) throw new Error('there was no undisturbed run');
    return reference;
  }
}

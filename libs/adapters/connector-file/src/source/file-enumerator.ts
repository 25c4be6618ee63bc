/**
 * Finds the files of a source and hands their splits to readers that ask, in the order of paths and places.
 *
 * N1: a split is either pending here or was handed to one reader; it comes back only through `addSplitsBack`.
 * N2: in watching mode a path is planned once: `plannedPaths` is part of the state and only grows.
 * N3: a reader that asks while nothing is pending waits here, and is served or told the end later.
 */
import { toError } from '@weir/base';
import type { EnumeratorContext, SplitEnumerator } from '@weir/connector';
import { compareSplits, type FileSplit } from './file-split.js';

/** Plain data. */
export interface FileEnumeratorState {
  /** False while the files of a bounded source are not known yet. */
  readonly planned: boolean;
  readonly pending: readonly FileSplit[];
  /** In watching mode, every path that was ever planned; sorted. */
  readonly plannedPaths: readonly string[];
}

export interface FileEnumeratorOptions {
  /** Milliseconds between two looks; undefined: once. */
  readonly periodMs: number | undefined;
  /** Plans the files that are there, except those of the given paths. */
  readonly plan: (known: ReadonlySet<string>) => Promise<{ readonly paths: readonly string[]; readonly splits: readonly FileSplit[] }>;
}

type Planned = { readonly paths: readonly string[]; readonly splits: readonly FileSplit[] } | { readonly error: Error };

export class FileEnumerator implements SplitEnumerator<FileSplit, FileEnumeratorState> {
  private planned: boolean;
  private pending: FileSplit[];
  private readonly plannedPaths: Set<string>;
  private readonly waiting = new Set<number>();

  constructor(
    private readonly context: EnumeratorContext<FileSplit>,
    private readonly options: FileEnumeratorOptions,
    restored: FileEnumeratorState | undefined,
  ) {
    this.planned = restored?.planned ?? false;
    this.pending = [...(restored?.pending ?? [])];
    this.plannedPaths = new Set(restored?.plannedPaths ?? []);
  }

  start(): void {
    const { periodMs } = this.options;
    if (!this.planned || periodMs !== undefined) this.context.runAsync(this.look, this.take);
    if (periodMs !== undefined) this.context.runPeriodically(periodMs, this.look, this.take);
  }

  addReader(subtaskIndex: number): void {
    this.waiting.delete(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.waiting.add(subtaskIndex);
    this.serve();
  }

  addSplitsBack(splits: readonly FileSplit[], subtaskIndex: number): void {
    this.waiting.delete(subtaskIndex);
    this.pending = [...this.pending, ...splits].sort(compareSplits);
    this.serve();
  }

  snapshotState(): FileEnumeratorState {
    return { planned: this.planned, pending: [...this.pending], plannedPaths: [...this.plannedPaths].sort() };
  }

  close(): void {
    this.waiting.clear();
  }

  private readonly look = async (): Promise<Planned> => {
    try {
      return await this.options.plan(this.plannedPaths);
    } catch (thrown) {
      return { error: toError(thrown) };
    }
  };

  private readonly take = (outcome: Planned): void => {
    if ('error' in outcome) {
      this.context.fail(outcome.error);
      return;
    }
    this.planned = true;
    // N2: two looks may overlap; the first to come back wins.
    const isNew = new Set(outcome.paths.filter((path) => !this.plannedPaths.has(path)));
    if (this.options.periodMs !== undefined) for (const path of isNew) this.plannedPaths.add(path);
    this.pending.push(...outcome.splits.filter((split) => isNew.has(split.path)));
    this.serve();
  };

  private serve(): void {
    if (!this.planned) return; // N3
    const assignments = new Map<number, FileSplit[]>();
    for (const subtaskIndex of [...this.waiting].sort((a, b) => a - b)) {
      const split = this.pending.shift();
      if (split === undefined) break;
      this.waiting.delete(subtaskIndex);
      assignments.set(subtaskIndex, [split]);
    }
    if (assignments.size > 0) this.context.assignSplits(assignments);
    if (this.options.periodMs !== undefined || this.pending.length > 0) return;
    for (const subtaskIndex of [...this.waiting].sort((a, b) => a - b)) this.context.signalNoMoreSplits(subtaskIndex);
    this.waiting.clear();
  }
}

/** A job's own words about its result, written once it has finished. */

export interface JobSummaryContext<P> {
  readonly params: P;
  /** How the run went that finished the job. */
  readonly run: {
    readonly durationMs: number;
    /** Records that came out of the sources. */
    readonly records: number;
    readonly recordsPerSecond: number;
    readonly checkpoints: number;
    readonly restarts: number;
  };
  /** Lines of the committed files in a directory, files in the order of their names; files still in progress are not seen. Empty when there is no such directory. */
  readLines(directory: string): AsyncIterable<string>;
}

/** The text to show; may have several lines. */
export type JobSummary<P> = (context: JobSummaryContext<P>) => Promise<string> | string;

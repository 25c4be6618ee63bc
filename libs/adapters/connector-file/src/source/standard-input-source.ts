/**
 * Reads a stream that passes once, such as standard input, in one subtask. Nothing can be read again, so a job with this source gives no
 * guarantee across failures: a restart fails with `WEIR_SOURCE_NOT_REPLAYABLE` instead of losing records silently.
 */
import type { EnumeratorContext, ReaderContext, RecordFormat, Source, SourceReader, SplitEnumerator } from '@weir/connector';
import type { TypeInformation } from '@weir/types';
import { SourceNotReplayableError } from '../errors.js';
import { StreamByteFeed } from './byte-feed.js';
import type { TextSplit } from './file-split.js';
import { FileSourceReader } from './file-source-reader.js';
import type { MalformedPolicy } from './split-reader.js';
import { TextSplitReader } from './text-split-reader.js';

export interface StandardInputState {
  readonly assigned: boolean;
}

export interface StandardInputOptions {
  /** Default `fail`. */
  readonly onMalformed?: MalformedPolicy;
  /** For messages. Default `standard input`. */
  readonly name?: string;
}

/** Bounded by the end of the stream. `new StandardInputSource(textLines(), process.stdin)`; the stream is taken at the first split. */
export class StandardInputSource<T> implements Source<T, TextSplit, StandardInputState> {
  readonly stateVersion = 1;
  readonly boundedness = 'bounded';
  readonly boundToThread = true;
  readonly description: string;
  readonly outputType?: TypeInformation<T>;
  private taken = false;

  constructor(
    private readonly format: RecordFormat<T>,
    private readonly input: AsyncIterable<Uint8Array>,
    private readonly options: StandardInputOptions = {},
  ) {
    this.description = options.name ?? 'standard input';
    if (format.outputType !== undefined) this.outputType = format.outputType;
  }

  createEnumerator(
    context: EnumeratorContext<TextSplit>,
    restored: StandardInputState | undefined,
  ): SplitEnumerator<TextSplit, StandardInputState> {
    return new StandardInputEnumerator(context, this.description, restored?.assigned ?? false);
  }

  createReader(context: ReaderContext): SourceReader<T, TextSplit> {
    return new FileSourceReader<T, TextSplit>(
      (split) => {
        if (this.taken || split.position > 0) throw new SourceNotReplayableError(this.description);
        this.taken = true;
        const feed = new StreamByteFeed(this.input[Symbol.asyncIterator]());
        return new TextSplitReader(split, this.format, this.options.onMalformed ?? 'fail', context, feed);
      },
      () => context.sendSplitRequest(),
    );
  }
}

class StandardInputEnumerator implements SplitEnumerator<TextSplit, StandardInputState> {
  constructor(
    private readonly context: EnumeratorContext<TextSplit>,
    private readonly name: string,
    private assigned: boolean,
  ) {}

  start(): void {
    // Nothing to find.
  }
  addReader(): void {
    // Readers ask for themselves.
  }
  handleSplitRequest(subtaskIndex: number): void {
    if (!this.assigned) {
      this.assigned = true;
      const end = Number.MAX_SAFE_INTEGER;
      const split: TextSplit = {
        kind: 'text',
        splitId: this.name,
        path: this.name,
        fileBytes: end,
        start: 0,
        end,
        position: 0,
        atRecord: true,
        linesBefore: 0,
      };
      this.context.assignSplits(new Map([[subtaskIndex, [split]]]));
    } else this.context.signalNoMoreSplits(subtaskIndex);
  }
  addSplitsBack(splits: readonly TextSplit[]): void {
    if (splits.length > 0) this.assigned = false;
  }
  snapshotState(): StandardInputState {
    return { assigned: this.assigned };
  }
  close(): void {
    // Nothing is open.
  }
}

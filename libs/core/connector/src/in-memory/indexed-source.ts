/** Sources whose record is a function of its position: sequences, collections, generators. Positions are exact, so replay is too. */
import type { TypeInformation } from '@weir/types';
import type { Boundedness, EnumeratorContext, ReaderContext, Source } from '../source.js';
import { InvalidSourceError } from '../errors.js';
import { IndexRangeEnumerator, type IndexRangeEnumeratorState } from './index-range-enumerator.js';
import { IndexRangeReader } from './index-range-reader.js';
import { cutIndexRange, type IndexRangeSplit } from './index-range-split.js';

abstract class IndexedSource<T> implements Source<T, IndexRangeSplit, IndexRangeEnumeratorState> {
  abstract readonly description: string;
  readonly stateVersion = 1;
  readonly boundedness: Boundedness;
  readonly outputType?: TypeInformation<T>;

  protected constructor(
    private readonly first: number,
    private readonly end: number,
    private readonly at: (index: number) => T,
    options: { readonly boundedness?: Boundedness; readonly type?: TypeInformation<T>; readonly recordsPerSecond?: number },
  ) {
    this.boundedness = options.boundedness ?? 'bounded';
    if (options.type !== undefined) this.outputType = options.type;
    this.recordsPerSecond = options.recordsPerSecond;
  }
  private readonly recordsPerSecond: number | undefined;

  createEnumerator(context: EnumeratorContext<IndexRangeSplit>, restored: IndexRangeEnumeratorState | undefined): IndexRangeEnumerator {
    return new IndexRangeEnumerator(context, restored?.pending ?? cutIndexRange(this.first, this.end, context.parallelism));
  }
  createReader(context: ReaderContext): IndexRangeReader<T> {
    return new IndexRangeReader<T>(
      context, this.at, this.recordsPerSecond === undefined ? undefined : this.recordsPerSecond / context.parallelism,
    );
  }
}

/** The whole numbers from `from` to `to`, both inclusive; empty when `to` < `from`. Each reader gives its part in order. */
export class SequenceSource extends IndexedSource<number> {
  readonly description: string;
  constructor(from: number, to: number) {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
      throw new InvalidSourceError(`sequence from ${from} to ${to}`, 'Give whole numbers within Number.MAX_SAFE_INTEGER.');
    }
    super(from, to + 1, identity, {});
    this.description = `sequence ${from}..${to}`;
  }
}

/** The elements of an array, which must not change afterwards. */
export class CollectionSource<T> extends IndexedSource<T> {
  readonly description: string;
  constructor(values: readonly T[], type?: TypeInformation<T>) {
    super(0, values.length, (index) => values[index], type === undefined ? {} : { type });
    this.description = `collection of ${values.length}`;
  }
}

export interface DataGeneratorOptions<T> {
  /** Upper bound for all readers together; undefined: unlimited. */
  readonly recordsPerSecond?: number;
  readonly type?: TypeInformation<T>;
}

/**
 * Makes record i by `generate(i)`, a pure function: after a restore the same positions give the same records. Without a `count` it never
 * ends; each reader then counts from its own far-away first position.
 */
export class DataGeneratorSource<T> extends IndexedSource<T> {
  readonly description: string;
  constructor(generate: (index: number) => T, count?: number, options: DataGeneratorOptions<T> = {}) {
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 0)) {
      throw new InvalidSourceError(
        `generator of ${count} records`, 'Give a whole number of records from 0, or none for an endless stream.',
      );
    }
    const rate = options.recordsPerSecond;
    if (rate !== undefined && !(rate > 0 && Number.isFinite(rate))) {
      throw new InvalidSourceError(`generator at ${rate} records a second`, 'Give a rate above 0, or none for no limit.');
    }
    super(0, count ?? Number.MAX_SAFE_INTEGER, generate, { ...options, boundedness: count === undefined ? 'continuous' : 'bounded' });
    this.description = count === undefined ? 'generator' : `generator of ${count}`;
  }
}

function identity(index: number): number {
  return index;
}

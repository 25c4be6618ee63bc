/** Where a text split gets its bytes from, one chunk after the other. */
import type { FileStore } from '@weir/ports';
import { FileChangedError } from '../errors.js';

export interface ByteFeed {
  /** The next bytes; undefined at the end. One call at a time. */
  next(): Promise<Uint8Array | undefined>;
  /** True once reading ahead would go behind what the split needs. */
  readonly needless: boolean;
}

/** Large enough to make the cost of opening the file small, small enough to stay in the processor's cache while it is parsed. */
export const CHUNK_BYTES = 512 * 1024;
/** Bytes behind the end of a split that finish its last record in most files. */
const TAIL_BYTES = 4096;
const TAIL_BYTES_MAX = 16 << 20;

/** Bytes of a file from `offset`, first up to a little behind `end`, then as far as asked. */
export class FileByteFeed implements ByteFeed {
  private tailBytes = TAIL_BYTES;

  constructor(
    private readonly files: FileStore,
    private readonly path: string,
    private readonly fileBytes: number,
    private offset: number,
    private readonly end: number,
  ) {}

  get needless(): boolean {
    return this.offset >= this.end;
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.offset >= this.fileBytes) return undefined;
    let wantedEnd = Math.min(this.offset + CHUNK_BYTES, this.end + TAIL_BYTES);
    if (this.offset >= this.end) {
      // A record longer than usual: larger and larger chunks keep the copying of what is there linear.
      wantedEnd = this.offset + this.tailBytes;
      this.tailBytes = Math.min(this.tailBytes * 4, TAIL_BYTES_MAX);
    }
    const length = Math.min(wantedEnd, this.fileBytes) - this.offset;
    const bytes = await this.files.read(this.path, this.offset, length);
    if (bytes.length < length) throw new FileChangedError(this.path, this.fileBytes, this.offset + bytes.length);
    this.offset += length;
    return bytes;
  }
}

/** Bytes of a stream that passes once. */
export class StreamByteFeed implements ByteFeed {
  readonly needless = false;
  constructor(private readonly iterator: AsyncIterator<Uint8Array>) {}

  async next(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.iterator.next();
    return done === true ? undefined : value;
  }
}

/** What becomes the bytes of one part file. Row formats collect text, bulk formats keep columns; the sink sees one interface. */
import type { BulkFormat, RecordEncoder, RecordFormat } from '@weir/connector';

export interface FileContent<T> {
  write(value: T): void;
  /** Size of the file if it were finished now; exact for ASCII text, else near. */
  readonly sizeBytes: number;
  /** Bytes to append to the file, once there are enough of them. */
  take(): Uint8Array | undefined;
  /** The rest; the last call. */
  finish(): Uint8Array;
}

export type FileContentMaker<T> = () => FileContent<T>;

/** UTF-16 units that make a chunk for the disk. */
const CHUNK_LENGTH = 256 * 1024;

export function contentMaker<T>(format: RecordFormat<T> | BulkFormat<T>): FileContentMaker<T> {
  if (format.kind === 'bulk') return () => format.createWriter();
  const encoder = format.createEncoder();
  return () => new TextContent(encoder);
}

/**
 * Hot path. Texts are appended to one string and encoded at once: V8 joins them when the encoder reads them, which beats encoding record by
 * record.
 */
class TextContent<T> implements FileContent<T> {
  private static readonly utf8 = new TextEncoder();
  private text: string;
  private takenBytes = 0;

  constructor(private readonly encoder: RecordEncoder<T>) {
    this.text = encoder.header;
  }

  get sizeBytes(): number {
    return this.takenBytes + this.text.length;
  }

  write(value: T): void {
    this.text += this.encoder.encode(value);
  }

  take(): Uint8Array | undefined {
    return this.text.length >= CHUNK_LENGTH ? this.finish() : undefined;
  }

  finish(): Uint8Array {
    const bytes = TextContent.utf8.encode(this.text);
    this.text = '';
    this.takenBytes += bytes.length;
    return bytes;
  }
}

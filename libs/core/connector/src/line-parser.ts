/**
 * The framing that text formats share: records end with a line break (LF or CRLF) or with the file. Hot path; subclasses read one line.
 *
 * A chunk of ASCII is decoded byte by byte, one of valid UTF-8 line by line; only a chunk with damaged bytes is checked line by line.
 */
import type { RecordParser } from './file-format.js';
import { RecordRejection, type RecordRun } from './record-run.js';

const LF = 10;
const CR = 13;
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the whole lines of a chunk are known to be: ASCII, UTF-8, or neither. */
type Encoding = 'latin1' | 'utf8' | 'unchecked';

export abstract class LineParser<T> implements RecordParser<T> {
  headerBytes = 0;
  private checkedBytes: Uint8Array | undefined;
  private encoding: Encoding = 'unchecked';

  /** The record of a line without its break; undefined when it holds none (an empty line). Throws {@link RecordRejection}. */
  protected abstract parseLine(text: string): T | undefined;

  /** Index of the line break that ends the record at `from`, or -1. Formats with line breaks inside records override it. */
  protected findBreak(bytes: Uint8Array, from: number, end: number): number {
    const at = bytes.indexOf(LF, from);
    return at < end ? at : -1;
  }

  /** Line breaks in a record's bytes, its own one excluded. */
  protected innerBreaks(_bytes: Uint8Array, _from: number, _end: number): number {
    return 0;
  }

  parse(bytes: Uint8Array, from: number, end: number, limit: number, last: boolean, run: RecordRun<T>): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.checkedBytes !== bytes) {
      this.checkedBytes = bytes;
      this.encoding = encodingOf(bytes, from, end);
    }
    const { encoding } = this;
    let at = from;
    while (at < end && at < limit && !run.full) {
      const lineBreak = this.findBreak(bytes, at, end);
      if (lineBreak < 0 && !last) break;
      const next = lineBreak < 0 ? end : lineBreak + 1;
      let lineEnd = lineBreak < 0 ? end : lineBreak;
      if (lineBreak >= 0 && lineEnd > at && bytes[lineEnd - 1] === CR) lineEnd--;
      const linesBefore = run.lines;
      run.lines += this.innerBreaks(bytes, at, lineEnd) + (lineBreak < 0 ? 0 : 1);
      const line = text.toString(encoding === 'latin1' ? 'latin1' : 'utf8', at, lineEnd);
      const checked = encoding === 'latin1' || (encoding === 'utf8' && lineBreak >= 0);
      if (!checked && !isUtf8(bytes.subarray(at, lineEnd))) {
        run.reject(at, next, linesBefore, line, new RecordRejection('malformed', 'the bytes are not UTF-8'));
      } else {
        try {
          const record = this.parseLine(line);
          if (record !== undefined) run.add(record, next);
        } catch (thrown) {
          if (!(thrown instanceof RecordRejection)) throw thrown;
          run.reject(at, next, linesBefore, line, thrown);
        }
      }
      at = next;
    }
    return at;
  }
}

/** One pass over the bytes; a decoder runs only when some are not ASCII. */
function encodingOf(bytes: Uint8Array, from: number, end: number): Encoding {
  let bits = 0;
  for (let i = from; i < end; i++) bits |= bytes[i];
  if (bits < 0x80) return 'latin1';
  // What follows the last line break may end inside a character: only whole lines are checked together.
  return isUtf8(bytes.subarray(from, Math.max(from, bytes.lastIndexOf(LF, end - 1) + 1))) ? 'utf8' : 'unchecked';
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false; // The decoder throws for nothing else.
  }
}

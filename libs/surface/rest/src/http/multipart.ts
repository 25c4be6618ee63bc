/** The files of a multipart/form-data body (RFC 7578), wholly in memory: the body was bounded when it was read. Names are data, never paths. */
import { BadRequestError } from '../errors.js';

export interface UploadedFile {
  /** As the client wrote it; any text. */
  readonly fileName: string;
  readonly content: Buffer;
}

const MAX_PARTS = 16;
const MAX_PART_HEADER_BYTES = 8 * 1024;

/** Throws `WEIR_REST_BAD_REQUEST`. */
export function parseMultipart(contentType: string, body: Buffer): UploadedFile[] {
  const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType.slice(0, 500));
  if (boundary === null) throw malformed('the content type is not multipart/form-data with a boundary');
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const files: UploadedFile[] = [];
  let at = body.indexOf(delimiter);
  if (at < 0) throw malformed('the boundary is not found');
  for (let parts = 0; ; parts++) {
    at += delimiter.length;
    if (body.subarray(at, at + 2).toString('latin1') === '--') return files;
    if (parts === MAX_PARTS) throw malformed(`there are more than ${MAX_PARTS} parts`);
    const lineEnd = body.indexOf('\r\n', at);
    const headerEnd = body.indexOf('\r\n\r\n', at);
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), at);
    if (lineEnd < 0 || headerEnd < 0 || next < 0 || headerEnd > next) throw malformed('a part is cut off');
    if (headerEnd - at > MAX_PART_HEADER_BYTES) throw malformed('the headers of a part are too long');
    const fileName = fileNameOf(body.subarray(lineEnd + 2, headerEnd).toString('utf8'));
    if (fileName !== undefined) files.push({ fileName, content: body.subarray(headerEnd + 4, next) });
    at = next + 2;
  }
}

function fileNameOf(headers: string): string | undefined {
  const disposition = headers.split('\r\n').find((line) => /^content-disposition\s*:/i.test(line));
  if (disposition === undefined) return undefined;
  const match = /;\s*filename="((?:[^"\\]|\\.)*)"/i.exec(disposition) ?? /;\s*filename=([^\s;"]+)/i.exec(disposition);
  return match?.[1];
}

function malformed(reason: string): BadRequestError {
  return new BadRequestError(`the upload cannot be read: ${reason}`, 'Send one file as multipart/form-data, e.g. `curl -F jarfile=@job.json URL/jars/upload`.');
}

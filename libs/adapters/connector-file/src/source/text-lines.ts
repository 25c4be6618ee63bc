/** Lines of text as records: every line, empty ones included, without its break. */
import { LineParser, type RecordFormat } from '@weir/connector';
import { types } from '@weir/types';
import { TextLineUnwritableError } from '../errors.js';

/** The format of plain lines. Written strings must hold no line break (`WEIR_RECORD_UNWRITABLE`). */
export function textLines(): RecordFormat<string> {
  return {
    kind: 'record',
    name: 'lines',
    fileExtension: '.txt',
    splittable: true,
    hasHeader: false,
    outputType: types.string,
    createParser: () => new TextLineParser(),
    createEncoder: () => ({
      header: '',
      encode(line) {
        if (typeof line !== 'string' || line.includes('\n')) throw new TextLineUnwritableError(line);
        return `${line}\n`;
      },
    }),
  };
}

class TextLineParser extends LineParser<string> {
  protected override parseLine(line: string): string {
    return line;
  }
}

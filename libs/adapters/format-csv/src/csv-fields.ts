/**
 * Fields of one CSV record (RFC 4180). Own code rather than csv-parse: positions must be exact bytes of the file for every record, also for
 * refused ones, and a split starts in the middle of a file; csv-parse counts from the start of its own stream, loses the place of a record
 * that it skips, and is several times slower on the plain lines that most files consist of. The tests compare the two.
 */
import { RecordRejection } from '@weir/connector';

export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  /** One character; doubled inside a quoted field. */
  readonly quote: string;
}

/** Splits a record's text. Throws {@link RecordRejection} when quotes do not match. */
export function splitFields(text: string, { delimiter, quote }: CsvDialect): string[] {
  if (!text.includes(quote)) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === quote) {
      let field = '';
      let from = at + 1;
      for (;;) {
        const to = text.indexOf(quote, from);
        if (to < 0) throw new RecordRejection('malformed', 'a quoted field has no end', at);
        field += text.slice(from, to);
        if (text[to + 1] !== quote) {
          at = to + 1;
          break;
        }
        field += quote;
        from = to + 2;
      }
      if (at < text.length && text[at] !== delimiter)
        throw new RecordRejection('malformed', `text follows the closing quote of field ${fields.length + 1}`, at);
      fields.push(field);
    } else {
      const to = text.indexOf(delimiter, at);
      const end = to < 0 ? text.length : to;
      const field = text.slice(at, end);
      const strayQuote = field.indexOf(quote);
      if (strayQuote >= 0)
        throw new RecordRejection('malformed', `a quote inside the unquoted field ${fields.length + 1}`, at + strayQuote);
      fields.push(field);
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** A field's text, quoted when it must be. */
export function quoteField(text: string, { delimiter, quote }: CsvDialect): string {
  if (!text.includes(quote) && !text.includes(delimiter) && !text.includes('\n') && !text.includes('\r')) return text;
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

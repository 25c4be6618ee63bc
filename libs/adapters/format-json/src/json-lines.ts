/** JSON lines: one JSON text per line, UTF-8, `\n` (a `\r` before it is taken as part of the break). Empty lines hold no record. */
import { toError } from '@weir/base';
import { LineParser, type RecordEncoder, type RecordFormat, RecordRejection } from '@weir/connector';
import type { TypeInformation } from '@weir/types';
import { RecordUnwritableError } from './errors.js';
import { type JsonReader, jsonReader } from './json-reading.js';
import { type JsonWriter, jsonWriter } from './json-writing.js';
import { locateJsonError } from './locate-json-error.js';

export interface JsonLinesOptions<T> {
  /**
   * What every line holds. Lines of another shape are `WEIR_RECORD_SHAPE`; records are fresh objects with exactly the declared fields;
   * dates, bigints, bytes and maps are converted both ways. Without it lines are what JSON.parse makes of them, under a type nobody checks.
   */
  readonly type?: TypeInformation<T>;
}

/**
 * The format of JSON lines, for reading and writing.
 *
 * ```ts
 * const flight = types.row({ origin: types.string, delay: types.int });
 * FileSource.forRecordFormat(jsonLines({ type: flight }), 'flights/').build();
 * ```
 */
export function jsonLines<T = unknown>(options: JsonLinesOptions<T> = {}): RecordFormat<T> {
  const { type } = options;
  const description = type?.describe();
  return {
    kind: 'record',
    name: 'json lines',
    fileExtension: '.jsonl',
    splittable: true,
    hasHeader: false,
    ...(type === undefined ? {} : { outputType: type }),
    createParser: () => new JsonLineParser<T>(description === undefined ? undefined : jsonReader(description)),
    createEncoder: () => jsonEncoder<T>(description === undefined ? undefined : jsonWriter(description)),
  };
}

class JsonLineParser<T> extends LineParser<T> {
  constructor(private readonly read: JsonReader | undefined) {
    super();
  }

  protected override parseLine(line: string): T | undefined {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (thrown) {
      if (line.trim() === '') return undefined;
      throw new RecordRejection('malformed', `not JSON: ${toError(thrown).message}`, locateJsonError(line));
    }
    return (this.read === undefined ? value : this.read(value)) as T;
  }
}

function jsonEncoder<T>(convert: JsonWriter | undefined): RecordEncoder<T> {
  const write = convert as ((value: T) => unknown) | undefined;
  return {
    header: '',
    encode(value) {
      let text: string | undefined;
      try {
        text = JSON.stringify(write === undefined ? value : write(value));
      } catch (cause) {
        throw new RecordUnwritableError(toError(cause).message.split('\n')[0], cause);
      }
      if (text === undefined) throw new RecordUnwritableError(`a ${typeof value} has no JSON text`);
      return `${text}\n`;
    },
  };
}

/** Coded errors of the JSON format. */
import { WeirError } from '@weir/base';

/** A record cannot be written as JSON. */
export class RecordUnwritableError extends WeirError {
  constructor(reason: string, cause?: unknown) {
    super({
      code: 'WEIR_RECORD_UNWRITABLE',
      domain: 'user',
      retry: 'never',
      message: `a record cannot be written as JSON: ${reason}`,
      hint: 'Map the record to plain data before the sink, or declare it: jsonLines({ type }) also writes bigints, maps and bytes.',
      cause,
    });
  }
}

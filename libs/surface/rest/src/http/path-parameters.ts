/** What may stand in a path, by the name of the parameter: allow-lists, checked after percent-decoding and before anything else sees the value. */
import { type JobId, jobId, type VertexId, vertexId } from '@weir/base';
import { BadRequestError } from '../errors.js';

/** The values that handlers get. */
export interface PathParameters {
  readonly applicationid: JobId;
  readonly jobid: JobId;
  readonly vertexid: VertexId;
  readonly triggerid: string;
  readonly taskmanagerid: string;
  readonly jarid: string;
  readonly logname: string;
  readonly checkpointid: number;
  readonly subtaskindex: number;
  readonly attempt: number;
  readonly datasetid: string;
  readonly rescaleuuid: string;
}

const HEX_32 = /^[0-9a-f]{32}$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_:@-]|\.(?!\.)){0,199}$/; // no two dots in a row, no separator of any platform
const NUMBER = /^\d{1,15}$/;

const hex = { pattern: HEX_32, what: '32 hexadecimal digits in lower case' };
const number = { pattern: NUMBER, what: 'a whole number' };
const name = { pattern: NAME, what: 'a name of letters, digits, and . _ - : @' };

const ALLOWED: Readonly<Record<keyof PathParameters, { readonly pattern: RegExp; readonly what: string }>> = {
  applicationid: hex,
  jobid: hex,
  vertexid: hex,
  triggerid: hex,
  datasetid: hex,
  rescaleuuid: hex,
  taskmanagerid: name,
  logname: name,
  jarid: { pattern: /^[0-9a-f]{64}_[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,127}$/, what: '<sha256>_<name>' },
  checkpointid: number,
  subtaskindex: number,
  attempt: number,
};

/** Throws `WEIR_REST_BAD_REQUEST` (400) when a value is not of its kind. */
export function parsePathParameters(texts: Readonly<Record<string, string>>): PathParameters {
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(texts)) {
    const { pattern, what } = ALLOWED[key as keyof PathParameters];
    if (!pattern.test(text)) {
      throw new BadRequestError(`cannot resolve path parameter (${key}) from value "${printable(text)}"`, `It is ${what}.`);
    }
    if (key === 'jobid' || key === 'applicationid') values[key] = jobId(text);
    else if (key === 'vertexid') values[key] = vertexId(text);
    else values[key] = pattern === NUMBER ? Number(text) : text;
  }
  return values as unknown as PathParameters;
}

export function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}

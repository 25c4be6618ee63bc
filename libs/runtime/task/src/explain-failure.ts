/** Says which operator an error without a code came from: the generated frame on its stack carries the operator's name. */
import { AssertionFailedError, isWeirError, toError } from '@weir/base';
import type { JobVertex } from '@weir/graph';
import { UserCodeError } from './errors.js';

export function explainFailure(thrown: unknown, vertex: JobVertex): Error {
  const error = toError(thrown);
  if (isWeirError(error) || error instanceof AssertionFailedError) return error;
  const label = /weir-generated\/([\w-]+)-\d+\.js/.exec(error.stack ?? '')?.[1];
  const operator = vertex.operators.find(({ name }) => name.replace(/[^\w-]+/g, '-').slice(0, 60) === label);
  return new UserCodeError(operator?.name ?? vertex.name, 'a function', error);
}

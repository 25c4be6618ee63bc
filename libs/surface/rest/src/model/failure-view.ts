/** A failure as Flink shows exceptions: a class name, which is our code here, and a stack trace. */
import type { FailureInfo } from '@weir/base';
import type { SerializedThrowable } from '../generated/schemas.js';

export function throwableView(failure: FailureInfo): SerializedThrowable {
  return { class: failure.code, 'stack-trace': stackTrace(failure) };
}

/** The stack with the causes below it, as Java prints it; begins with the code so that people can look it up. */
export function stackTrace(failure: FailureInfo): string {
  const head = `${failure.code}: ${failure.message}${failure.hint === '' ? '' : `\n${failure.hint}`}`;
  const frames = failure.stack.split('\n').filter((line) => /^\s+at /.test(line)).join('\n');
  const own = frames === '' ? head : `${head}\n${frames}`;
  return failure.cause === undefined ? own : `${own}\nCaused by: ${stackTrace(failure.cause)}`;
}

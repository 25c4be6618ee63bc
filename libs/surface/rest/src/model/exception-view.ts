/** The failures of a job, newest first. */
import type { ExceptionEntry, JobDetails, SubtaskInfo } from '@weir/cluster';
import type { JobExceptionsInfoWithHistory, RootExceptionInfo } from '../generated/schemas.js';
import { stackTrace } from './failure-view.js';

const DEFAULT_MAXIMUM = 20;

/** `labels`: only entries that carry all of them. */
export function exceptionsView(job: JobDetails, maximum = DEFAULT_MAXIMUM, labels: readonly (readonly [string, string])[] = []): JobExceptionsInfoWithHistory {
  const entries = job.exceptions.map(entryView).filter(({ failureLabels }) => labels.every(([key, value]) => failureLabels[key] === value));
  return { exceptionHistory: { entries: entries.slice(0, maximum), truncated: entries.length > maximum } };
}

function entryView(entry: ExceptionEntry): RootExceptionInfo {
  const { failure, timestampMs, taskName, node } = entry;
  return {
    exceptionName: failure.code,
    stacktrace: stackTrace(failure),
    timestamp: Math.round(timestampMs),
    failureLabels: { retry: failure.retry },
    ...(taskName === '' ? {} : { taskName }),
    ...(node === '' ? {} : { endpoint: node, location: node, taskManagerId: taskManagerOf(node) }),
    concurrentExceptions: [],
  };
}

/** The slot `tm-1-0a1b-slot-2` (TaskManager, its life, slot) runs in `tm-1`; a node that is no slot stands for itself. */
export function taskManagerOf(node: SubtaskInfo['node']): string {
  return node.replace(/-[0-9a-f]{4}-slot-\d+$/, '');
}

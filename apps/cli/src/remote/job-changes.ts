/** What happened to a job between two looks at it, as the events that an embedded job tells itself. A pure function. */
import { type CheckpointInfo, isTerminal, type JobDetails, type JobEvent } from '@weir/cluster';
import { slots } from '../render/text.js';

/** Oldest first. `before`: the last look; undefined: this is the first. */
export function jobChanges(before: JobDetails | undefined, now: JobDetails): JobEvent[] {
  return [...restored(before, now), ...restarts(before, now), ...waits(before, now), ...checkpoints(before, now), ...state(before, now)];
}

function state(before: JobDetails | undefined, now: JobDetails): JobEvent[] {
  const [from, to] = [before?.status.state ?? 'created', now.status.state];
  return from === to ? [] : [{ type: 'state', from, to }];
}

/** Told when the job runs for the first time, not before it has been decided. */
function restored(before: JobDetails | undefined, now: JobDetails): JobEvent[] {
  if (before !== undefined && before.status.state !== 'created') return [];
  if (now.status.state === 'created') return [];
  const point = now.checkpoints.restored;
  return [{ type: 'restored', checkpointId: point?.checkpointId, ...(point === undefined ? {} : { path: point.path }) }];
}

/** Told when the wait begins, and when the number changes. */
function waits(before: JobDetails | undefined, { missingSlots, status }: JobDetails): JobEvent[] {
  if (missingSlots === 0 || missingSlots === before?.missingSlots || isTerminal(status.state)) return [];
  return [{ type: 'note', level: 'warn', text: `waits for ${slots(missingSlots)}, more than the cluster has free: start TaskManagers, end other jobs, or take a lower -p` }];
}

/** The delay is past when this is read: 0. The list of exceptions may come later than the count. */
function restarts(before: JobDetails | undefined, now: JobDetails): JobEvent[] {
  const count = now.status.restarts - (before?.status.restarts ?? 0);
  const failure = now.status.failure ?? now.exceptions.at(0)?.failure;
  return count <= 0 || failure === undefined ? [] : [{ type: 'restarting', failure, delayMs: 0, restart: now.status.restarts }];
}

function checkpoints(before: JobDetails | undefined, now: JobDetails): JobEvent[] {
  const known = new Map((before?.checkpoints.history ?? []).map((it) => [it.checkpointId, it.status]));
  const events = now.checkpoints.history.flatMap((it): JobEvent[] => (known.get(it.checkpointId) === it.status ? [] : ended(it)));
  return events.reverse(); // the history has the newest first
}

function ended(info: CheckpointInfo): JobEvent[] {
  const { checkpointId, status, triggeredAtMs, durationMs, sizeBytes, path, failure } = info;
  if (status === 'completed') return [{ type: 'checkpoint-completed', checkpoint: { checkpointId, triggeredAtMs, durationMs, sizeBytes, path: path ?? '' } }];
  return status === 'failed' && failure !== undefined ? [{ type: 'checkpoint-failed', checkpointId, failure }] : [];
}

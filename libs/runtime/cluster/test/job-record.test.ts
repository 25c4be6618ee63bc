import { describe, expect, it } from '@jest/globals';
import { failureInfo, jobId } from '@weir/base';
import { JobRecord } from '../src/job-record.js';
import type { JobEvent, JobState, JobStatus } from '../src/index.js';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const submission = { jobId: JOB, jobName: 'job.ts', artifactHash: 'a', parameters: { p: '1' }, configuration: { c: '2' }, workingDirectory: '/', submittedAtMs: 100 };
const status = (state: JobState, over: Partial<JobStatus> = {}): JobStatus => ({
  jobId: JOB, jobName: 'sums', state, startedAtMs: 999, vertices: [], restarts: 0, checkpoints: { completed: 0, failed: 0, inProgress: 0 }, ...over,
});
const event = (told: JobEvent, state: JobState = 'running') => ({ type: 'job-event', jobId: JOB, event: told, status: status(state) }) as const;
const failure = (text: string) => failureInfo(new Error(text));

describe('the record of a job', () => {
  it('knows what was submitted before anything was heard', () => {
    expect(new JobRecord(submission).details()).toMatchObject({
      status: { jobName: 'job.ts', state: 'created', startedAtMs: 100 }, endedAtMs: 0, stateTimestamps: { created: 100 }, parameters: { p: '1' }, configuration: { c: '2' },
      plan: { name: 'job.ts', nodes: [] }, subtasks: [], exceptions: [], checkpoints: { counts: { completed: 0, failed: 0, inProgress: 0, restored: 0 }, history: [] },
    });
  });

  it('keeps the start of the job and the first time of each state across JobMasters', () => {
    const record = new JobRecord(submission);
    record.heard({ type: 'job-accepted', jobId: JOB, status: status('running') }, 110);
    record.jobMasterLost(failure('gone'), 120);
    expect(record.details().status).toMatchObject({ state: 'restarting', restarts: 1, failure: { message: 'gone' } });
    record.heard({ type: 'job-accepted', jobId: JOB, status: status('running', { restarts: 2 }) }, 130);
    expect(record.details()).toMatchObject({ status: { startedAtMs: 100, state: 'running', restarts: 3 }, stateTimestamps: { created: 100, running: 110, restarting: 120 } });
  });

  it('bounds its histories, newest first', () => {
    const record = new JobRecord(submission);
    for (let i = 1; i <= 50; i++) {
      record.heard({ ...event({ type: 'restarting', failure: failure(`f${i}`), delayMs: 1, restart: i }), origin: { taskName: `task ${i}`, node: 'tm-1' } }, 100 + i);
      record.heard(event({ type: 'checkpoint-completed', checkpoint: { checkpointId: i, triggeredAtMs: i, durationMs: 7, sizeBytes: 8, path: `chk-${i}` } }), 100 + i);
    }
    const { exceptions, checkpoints } = record.details();
    expect(exceptions).toHaveLength(20);
    expect(exceptions[0]).toMatchObject({ failure: { message: 'f50' }, taskName: 'task 50', node: 'tm-1', timestampMs: 150 });
    expect(checkpoints.history.map(({ checkpointId }) => checkpointId)).toEqual([50, 49, 48, 47, 46, 45, 44, 43, 42, 41]);
    expect(checkpoints.history[0]).toMatchObject({ status: 'completed', triggeredAtMs: 50, lastAckMs: 57, durationMs: 7, path: 'chk-50' });
    expect(checkpoints.counts).toEqual({ completed: 50, failed: 0, inProgress: 0, restored: 0 });
  });

  it('tells of failed checkpoints and of restores', () => {
    const record = new JobRecord(submission);
    record.heard(event({ type: 'restored', checkpointId: undefined }), 100);
    record.heard(event({ type: 'restored', checkpointId: 4, path: 'chk-4' }), 105);
    record.heard(event({ type: 'checkpoint-failed', checkpointId: 5, failure: failure('late') }), 110);
    expect(record.details().checkpoints).toMatchObject({
      counts: { failed: 1, restored: 1 }, restored: { checkpointId: 4, path: 'chk-4', timestampMs: 105 }, history: [{ checkpointId: 5, status: 'failed', failure: { message: 'late' } }],
    });
  });

  it('takes a terminal state from nobody but the register, and changes no more after it', () => {
    const record = new JobRecord(submission);
    record.heard({ type: 'job-accepted', jobId: JOB, status: status('running') }, 110);
    record.heard({ type: 'job-ended', jobId: JOB, result: { jobId: JOB, state: 'failed', status: status('failed', { failure: failure('broken') }), durationMs: 1 } }, 120);
    expect(record.ended).toBe(false);
    record.end('failed', undefined, 130);
    const ended = record.details();
    expect(ended).toMatchObject({ status: { state: 'failed', failure: { message: 'broken' } }, endedAtMs: 130, exceptions: [{ failure: { message: 'broken' } }] });
    record.heard({ type: 'job-status', jobId: JOB, status: status('running') }, 140);
    record.jobMasterLost(failure('again'), 150);
    record.end('finished', undefined, 160);
    expect(record.details()).toEqual(ended);
  });
});

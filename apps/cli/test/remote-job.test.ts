import { describe, expect, it } from '@jest/globals';
import type { FailureInfo } from '@weir/base';
import type { CheckpointInfo, JobDetails } from '@weir/cluster';
import { ManualClock, ManualTimers } from '@weir/ports';
import { linesAbout } from '../src/commands/job/logs.js';
import { jobChanges } from '../src/remote/job-changes.js';
import { withPatience } from '../src/remote/patience.js';

const failure: FailureInfo = { name: 'E', code: 'WEIR_X', domain: 'user', retry: 'restart', message: 'boom', hint: '', stack: '', details: {} };

function look(state: JobDetails['status']['state'], more: { restarts?: number; history?: readonly CheckpointInfo[]; restored?: number; missingSlots?: number } = {}): JobDetails {
  const { restarts = 0, history = [], restored, missingSlots = 0 } = more;
  return {
    status: { state, restarts, ...(restarts === 0 ? {} : { failure }) }, exceptions: [], missingSlots,
    checkpoints: { history, ...(restored === undefined ? {} : { restored: { checkpointId: restored, path: 'p', timestampMs: 1 } }) },
  } as unknown as JobDetails;
}

function checkpoint(checkpointId: number, status: CheckpointInfo['status']): CheckpointInfo {
  return {
    checkpointId, status, kind: 'checkpoint', triggeredAtMs: 1, lastAckMs: 2, durationMs: 3, sizeBytes: 4, acknowledgedSubtasks: 1, subtasks: 1,
    ...(status === 'completed' ? { path: `chk-${checkpointId}` } : status === 'failed' ? { failure } : {}),
  };
}

const brief = (before: JobDetails | undefined, now: JobDetails): string[] => jobChanges(before, now).map((event) => {
  switch (event.type) {
    case 'state': return `${event.from} -> ${event.to}`;
    case 'restored': return `restored ${event.checkpointId ?? 'nothing'}`;
    case 'restarting': return `restart ${event.restart}: ${event.failure.message}`;
    case 'checkpoint-completed': return `completed ${event.checkpoint.checkpointId}`;
    case 'checkpoint-failed': return `failed ${event.checkpointId}`;
    case 'note': return event.text;
  }
});

describe('what happened between two looks at a job', () => {
  it('is its start and where it started from, once', () => {
    expect(brief(undefined, look('created'))).toEqual([]);
    expect(brief(look('created'), look('running'))).toEqual(['restored nothing', 'created -> running']);
    expect(brief(undefined, look('running', { restored: 7 }))).toEqual(['restored 7', 'created -> running']);
    expect(brief(look('running'), look('running'))).toEqual([]);
  });

  it('is each checkpoint that ended, in their order', () => {
    const before = look('running', { history: [checkpoint(2, 'in-progress'), checkpoint(1, 'completed')] });
    const now = look('running', { history: [checkpoint(4, 'in-progress'), checkpoint(3, 'failed'), checkpoint(2, 'completed'), checkpoint(1, 'completed')] });
    expect(brief(before, now)).toEqual(['completed 2', 'failed 3']);
  });

  it('is a wait for slots, told once for each number that is missing', () => {
    const waits = (slots: string): string[] => [`waits for ${slots}, more than the cluster has free: start TaskManagers, end other jobs, or take a lower -p`];
    expect(brief(undefined, look('created', { missingSlots: 2 }))).toEqual(waits('2 slots'));
    expect(brief(look('created', { missingSlots: 2 }), look('created', { missingSlots: 2 }))).toEqual([]);
    expect(brief(look('running'), look('restarting', { missingSlots: 1 }))).toEqual([...waits('1 slot'), 'running -> restarting']);
    expect(brief(look('created', { missingSlots: 2 }), look('running'))).toEqual(['restored nothing', 'created -> running']);
  });

  it('is a restart with its reason, also when it was over between the looks', () => {
    expect(brief(look('running'), look('running', { restarts: 1 }))).toEqual(['restart 1: boom']);
    expect(brief(look('running'), look('failed', { restarts: 1 }))).toEqual(['restart 1: boom', 'running -> failed']);
  });
});

describe('patience with a cluster', () => {
  it('goes on while nobody answers, and says so once', async () => {
    const { WeirError } = await import('@weir/base');
    class Silent extends WeirError {
      constructor() {
        super({ code: 'WEIR_CLUSTER_UNREACHABLE', domain: 'external', retry: 'later', message: 'nobody', hint: '' });
      }
    }
    const clock = new ManualClock();
    const timers = new ManualTimers(clock);
    let calls = 0;
    let told = 0;
    const answer = withPatience(() => (++calls < 4 ? Promise.reject(new Silent()) : Promise.resolve('here')), { clock, timers, limitMs: 1000, pauseMs: 10, onSilence: () => told++ });
    while (calls < 4) {
      await Promise.resolve();
      timers.advanceBy(10);
    }
    expect(await answer).toBe('here');
    expect(told).toBe(1);
  });

  it('has none for other errors', async () => {
    const clock = new ManualClock();
    const refused = new Error('refused');
    await expect(withPatience(() => Promise.reject(refused), { clock, timers: new ManualTimers(clock), limitMs: 1000, pauseMs: 10 })).rejects.toBe(refused);
  });
});

describe('the log of a job', () => {
  it('is every entry that names it, with the lines that belong to the entry', () => {
    const id = '0123456789abcdef0123456789abcdef';
    const text = [
      `2026-11-21T18:00:00.000Z INFO  begins jobId=${id}`, '2026-11-21T18:00:01.000Z INFO  something else', 'a line of its stack',
      `2026-11-21T18:00:02.000Z ERROR fails jobId=${id}`, 'Error: boom', '    at job.ts:1:1', `{"at":"2026-11-21T18:00:03.000Z","jobId":"${id}"}`, '',
    ].join('\n');
    expect(linesAbout(id, 'tm-1.log', text).map(({ at, text: line }) => [at.slice(17, 19), line.slice(0, 12)])).toEqual([
      ['00', '2026-11-21T1'], ['02', '2026-11-21T1'], ['02', 'Error: boom'], ['02', '    at job.t'], ['03', '{"at":"2026-'],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exampleJob, EXAMPLE_NOW } from '../src/fakes/index.js';
import { isSecretKey, maskSecrets } from '../src/index.js';
import { exceptionsView } from '../src/model/exception-view.js';
import { jobDetailsView, jobOverviewView } from '../src/model/job-view.js';
import { combinedSpan, statusDurations, subtaskSpan, vertexState } from '../src/model/states.js';
import { aggregatedValue, quantile, skewPercent, summaryOf } from '../src/model/statistics.js';
import { exits } from '../src/model/subtask-counts.js';
import { watermarkText } from '../src/model/vertex-view.js';

describe('given a job', () => {
  it('when it runs / then sums and states agree between its views', () => {
    const job = exampleJob();
    const details = jobDetailsView(job, EXAMPLE_NOW);
    const overview = jobOverviewView(job, EXAMPLE_NOW);
    expect(overview.tasks.total).toBe(8);
    expect(overview.tasks.running).toBe(details.vertices.reduce((total, { tasks }) => total + tasks.RUNNING, 0));
    expect(details['status-counts']).toMatchObject({ RUNNING: 4, FINISHED: 0 });
    expect(details).toMatchObject({ 'end-time': -1, duration: 60_000, state: 'RUNNING' });
    expect(details.vertices.map(({ metrics }) => [metrics['read-records'], metrics['write-records']])).toEqual([[300, 400], [300, 400], [300, 400], [300, 400]]);
    expect(details.plan.nodes.map(({ id, inputs }) => [id[0], inputs?.map((it) => it.id[0])])).toEqual([['a', undefined], ['b', ['a']], ['c', ['b']], ['d', ['b']]]);
  });

  it('when it has ended / then its time stands still; and a subtask that never ran has none', () => {
    const finished = exampleJob({ state: 'finished' });
    expect(jobOverviewView(finished, EXAMPLE_NOW)).toMatchObject({ state: 'FINISHED', 'end-time': EXAMPLE_NOW - 5000, duration: 55_000, 'last-modification': EXAMPLE_NOW - 5000 });
    const waiting = exampleJob({ state: 'created', change: { missingSlots: 2 } });
    expect(jobOverviewView(waiting, EXAMPLE_NOW)).toMatchObject({ state: 'CREATED', 'pending-operators': 4 });
    expect(subtaskSpan(waiting.subtasks[0], EXAMPLE_NOW)).toEqual({ start: -1, end: -1, duration: -1 });
    expect(statusDurations(exampleJob().subtasks[0], EXAMPLE_NOW)).toEqual({ CREATED: 10, SCHEDULED: -1, DEPLOYING: 10, INITIALIZING: 30, RUNNING: 59_950 });
    expect(combinedSpan([{ start: -1, end: -1, duration: -1 }, { start: 5, end: 9, duration: 4 }], 20)).toEqual({ start: 5, end: -1, duration: 15 });
  });

  it('when an operator feeds others and leaves the chain / then its output is counted once', () => {
    const { plan } = exampleJob();
    expect(plan.nodes.map((node) => exits(node, plan))).toEqual([[1], [0], [0], [0]]);
  });

  it('when its exceptions are asked for / then newest first, bounded, by label, and only with a task where there is one', () => {
    const { entries, truncated } = exceptionsView(exampleJob(), 1).exceptionHistory;
    expect({ truncated, entries: entries.length, first: entries[0] }).toMatchObject({ truncated: true, entries: 1, first: { taskName: 'count (1/2)', taskManagerId: 'tm-1' } });
    expect(Object.keys(exceptionsView(exampleJob()).exceptionHistory.entries[1])).not.toContain('taskName');
    expect(exceptionsView(exampleJob(), 9, [['retry', 'never']]).exceptionHistory.entries).toEqual([]);
  });
});

describe('given states of subtasks', () => {
  it.each([
    [['RUNNING', 'RUNNING'], 'RUNNING'], [['FINISHED', 'FINISHED'], 'FINISHED'], [['FINISHED', 'RUNNING'], 'RUNNING'], [['FINISHED', 'CREATED'], 'RUNNING'], [['FAILED', 'RUNNING'], 'FAILED'],
    [['CANCELED', 'FINISHED'], 'CANCELED'], [['RUNNING', 'INITIALIZING'], 'INITIALIZING'], [['DEPLOYING', 'CREATED'], 'DEPLOYING'], [['CREATED'], 'CREATED'], [[], 'CREATED'],
  ] as const)('when they are %j / then the vertex is %s', (states, expected) => {
    expect(vertexState(states)).toBe(expected);
  });
});

describe('given numbers', () => {
  it('when they are summed up / then order does not matter, quantiles rise, and all lie between least and greatest', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }), (values) => {
      const summary = summaryOf(values);
      expect(summaryOf([...values].reverse())).toEqual(summary);
      const rising = [summary.min, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max];
      expect([...rising].sort((a, b) => a - b)).toEqual(rising);
      expect(aggregatedValue(values).sum).toBe(values.reduce((a, b) => a + b));
      expect(skewPercent(values)).toBeGreaterThanOrEqual(0);
      expect(skewPercent(values)).toBeLessThanOrEqual(100);
    }));
    expect(summaryOf([])).toEqual({ min: 0, max: 0, avg: 0, p50: Number.NaN, p90: Number.NaN, p95: Number.NaN, p99: Number.NaN, p999: Number.NaN });
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect([skewPercent([5, 5, 5]), skewPercent([0, 0]), skewPercent([0, 10])]).toEqual([0, 0, 100]);
  });

  it('when they are watermarks / then they are whole texts within a long', () => {
    expect([null, undefined, -Infinity, 0, -5, 1.6, Number.MAX_VALUE, Infinity, -Number.MAX_VALUE].map(watermarkText)).toEqual([
      '-9223372036854775808', '-9223372036854775808', '-9223372036854775808', '0', '-5', '2', '9223372036854775807', '9223372036854775807', '-9223372036854775808',
    ]);
  });
});

describe('given configuration', () => {
  it.each(['password', 'db.Password', 's3.secret-key', 's3.access-key', 'client_secret', 'fs.azure.account.key', 'rest.authentication.token', 'aws.credentials.provider', 'apikey', 'api-key', 'private_key', 'basic-auth.x', 'key', 'sas.KEY'])(
    'when a key is %s / then its value is masked', (key) => {
      expect(maskSecrets({ [key]: 'CANARY' })).toEqual({ [key]: '******' });
    });
  it.each(['parallelism.default', 'keyed-state.dir', 'monkey', 'rest.port', 'key-groups', 'turkey.size', 'input'])('when a key is %s / then its value is shown', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
  it('when a value is a URL with credentials / then they are masked', () => {
    expect(maskSecrets({ 'nats.url': 'nats://u:CANARY@a:1,nats://u:CANARY@b:2', plain: 'http://host/a@b' })).toEqual({ 'nats.url': 'nats://******@a:1,nats://******@b:2', plain: 'http://host/a@b' });
  });
});

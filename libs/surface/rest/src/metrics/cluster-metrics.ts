/**
 * Keeps a Meter's metrics in step with the read models: one group per JobManager, TaskManager, job, subtask and operator, under Flink's scopes and with
 * its labels. `update` is called with a fresh reading before each collection; what is not in it any more is closed.
 */
import type { ClusterOverview, JobDetails, TaskManagerInfo } from '@weir/cluster';
import type { Meter, MetricGroup } from '@weir/ports';
import { taskManagerOf } from '../model/exception-view.js';
import { countJobs } from '../model/task-manager-view.js';
import {
  clusterMetrics, jobMetrics, type MetricDefinition, operatorMetrics, taskManagerMetrics, taskMetrics, type TaskSubject,
} from './metric-definitions.js';
import { operatorSubjects, taskSubjects } from './metric-subjects.js';
import { TaskRates } from './task-rates.js';

export interface ClusterReading {
  readonly overview: ClusterOverview;
  readonly jobs: readonly JobDetails[];
  readonly taskManagers: readonly TaskManagerInfo[];
  /** Wall-clock milliseconds. */
  readonly now: number;
}

type Labels = Readonly<Record<string, string>>;

interface Observed {
  readonly group: MetricGroup;
  subject: unknown;
}

export class ClusterMetrics {
  private readonly observed = new Map<string, Observed>();
  private readonly rates = new TaskRates();

  constructor(private readonly meter: Meter) {}

  update(reading: ClusterReading): void {
    const { overview, jobs, taskManagers, now } = reading;
    const seen = new Set<string>();
    const host = overview.leader;
    const observe = <S>(scope: string, key: string, labels: Labels, definitions: readonly MetricDefinition<S>[], subject: S): void => {
      seen.add(`${scope}/${key}`);
      this.observe(scope, key, labels, definitions, subject);
    };
    observe('jobmanager', host, { host }, clusterMetrics, { overview, runningJobs: countJobs(jobs).running });
    for (const manager of taskManagers) observe('taskmanager', manager.id, { host: manager.host, tm_id: manager.id }, taskManagerMetrics, manager);
    const alive = jobs.filter((job) => job.endedAtMs === 0);
    this.rates.retain(alive);
    for (const job of alive) {
      const { jobId, jobName } = job.status;
      const jobLabels = { job_id: jobId, job_name: jobName };
      observe('jobmanager.job', jobId, { host, ...jobLabels }, jobMetrics, { job, now });
      this.rates.sample(job);
      for (const task of taskSubjects(job, this.rates)) {
        const key = `${jobId}/${task.node.id}/${task.subtask.subtaskIndex}/${task.subtask.attempt}/${task.subtask.node}`;
        const labels = { ...taskLabels(task), ...jobLabels };
        observe('taskmanager.job.task', key, labels, taskMetrics, task);
        for (const it of operatorSubjects(task)) {
          const operatorLabels = { ...labels, operator_id: it.operator.id, operator_name: it.operator.name };
          observe('taskmanager.job.task.operator', `${key}/${it.operator.id}`, operatorLabels, operatorMetrics, it);
        }
      }
    }
    for (const [key, { group }] of this.observed) {
      if (seen.has(key)) continue;
      group.close();
      this.observed.delete(key);
    }
  }

  /** Removes all of them. */
  close(): void {
    for (const { group } of this.observed.values()) group.close();
    this.observed.clear();
  }

  private observe<S>(scope: string, key: string, labels: Labels, definitions: readonly MetricDefinition<S>[], subject: S): void {
    const known = this.observed.get(`${scope}/${key}`);
    if (known !== undefined) {
      known.subject = subject;
      return;
    }
    const observed: Observed = { group: this.meter.root().group(labels), subject };
    for (const { name, kind, read } of definitions) observed.group.observe(`${scope}.${name}`, kind, () => read(observed.subject as S));
    this.observed.set(`${scope}/${key}`, observed);
  }
}

function taskLabels({ node, subtask }: TaskSubject): Record<string, string> {
  const manager = taskManagerOf(subtask.node);
  return {
    host: manager, tm_id: manager, task_id: node.id, task_name: node.name, subtask_index: String(subtask.subtaskIndex),
    task_attempt_num: String(subtask.attempt),
  };
}

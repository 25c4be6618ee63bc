/** From read models to what metrics are read from. */
import type { JobDetails } from '@weir/cluster';
import type { PlanOperator } from '@weir/graph';
import { exits, subtaskCounts, subtasksOf } from '../model/subtask-counts.js';
import type { OperatorSubject, TaskSubject } from './metric-definitions.js';
import type { TaskRates } from './task-rates.js';

/** Every subtask of the job, or of one vertex. */
export function taskSubjects(job: JobDetails, rates: TaskRates, vertexId?: string): TaskSubject[] {
  return job.plan.nodes
    .filter(({ id }) => vertexId === undefined || id === vertexId)
    .flatMap((node) => {
      const leaving = exits(node, job.plan);
      return subtasksOf(job, node.id).map((subtask) => ({
        job, node, subtask, counts: subtaskCounts(subtask, node, leaving), rate: rates.of(job, subtask),
      }));
    });
}

/** The operators of one subtask that have reported. */
export function operatorSubjects(task: TaskSubject): OperatorSubject[] {
  return task.node.operators.flatMap((operator) => {
    const metrics = task.subtask.operators.find(({ operatorId }) => operatorId === operator.id);
    return metrics === undefined ? [] : [{ ...task, operator, metrics }];
  });
}

/** Name of an operator in a metric's name: letters, digits and underscores; sources begin with `Source__`, by which clients find them. */
export function operatorScope(operator: PlanOperator): string {
  const name = operator.kind === 'source' && !/^source/i.test(operator.name) ? `Source: ${operator.name}` : operator.name;
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

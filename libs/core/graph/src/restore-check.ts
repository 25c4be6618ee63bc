/** Whether the state of a snapshot finds its operators in a job; decided before anything runs. */
import { nearestName, type OperatorId } from '@weir/base';
import { MissingUidError, RestoreMismatchError } from './errors.js';
import type { ChainedOperator, CompiledJob, JobVertex } from './job-graph.js';

/** An operator as a snapshot remembers it. */
export interface SnapshotOperator {
  readonly operatorId: OperatorId;
  readonly uid: string | undefined;
  readonly name: string;
  readonly stateful: boolean;
  readonly maxParallelism: number;
}

export interface RestoreOptions {
  /** Leaves state of operators that the job no longer has behind, and finds state of operators without uid by their place in the graph. */
  readonly allowNonRestoredState: boolean;
}

/** A sentence per stateful operator without uid; for a warning at submit. */
export function checkUids(compiled: CompiledJob): string[] {
  return withoutUid(compiled).map(
    (operator) => `operator ${operator.name} keeps state but has no uid: its state is lost when the graph changes; call .uid(...)`,
  );
}

/**
 * Throws `WEIR_RESTORE_MISMATCH` with all problems at once, or `WEIR_UID_MISSING` when missing uids are the only one. Max-parallelism
 * conflicts
 * are never allowed: they would put keys into the wrong groups.
 */
export function checkRestorable(snapshotOperators: readonly SnapshotOperator[], compiled: CompiledJob, options: RestoreOptions): void {
  const vertices = vertexByOperator(compiled);
  const problems = options.allowNonRestoredState ? [] : missingOperators(snapshotOperators, compiled, vertices);
  for (const old of snapshotOperators) {
    const vertex = vertices.get(old.operatorId);
    if (vertex !== undefined && old.stateful) problems.push(...maxParallelismConflicts(old, vertex));
  }
  const unnamed = options.allowNonRestoredState ? [] : withoutUid(compiled).map((operator) => operator.name);
  if (problems.length === 0 && unnamed.length > 0) throw new MissingUidError(unnamed);
  problems.push(...unnamed.map((name) => `operator ${name} keeps state but has no uid`));
  if (problems.length > 0) throw new RestoreMismatchError(problems);
}

/**
 * The job with the snapshot's max parallelism wherever the user set none: it is fixed for the life of the state. The hash stays. Throws
 * `WEIR_RESTORE_MISMATCH` when operators of one chain bring different ones.
 */
export function adoptMaxParallelism(compiled: CompiledJob, snapshotOperators: readonly SnapshotOperator[]): CompiledJob {
  const old = new Map(
    snapshotOperators.filter((operator) => operator.stateful).map((operator) => [operator.operatorId, operator.maxParallelism]),
  );
  const vertices = compiled.graph.vertices.map((vertex) => {
    if (vertex.maxParallelismExplicit) return vertex;
    const brought = new Set(vertex.operators.flatMap((operator) => old.get(operator.operatorId) ?? []));
    if (brought.size > 1) {
      const values = [...brought].join(', ');
      throw new RestoreMismatchError([
        `operators of the chain ${vertex.name} bring different max parallelism: ${values}; set it explicitly or unchain them`,
      ]);
    }
    const [maxParallelism] = brought;
    return maxParallelism === undefined ? vertex : { ...vertex, maxParallelism };
  });
  return { ...compiled, graph: { ...compiled.graph, vertices } };
}

function operatorsOf(compiled: CompiledJob): readonly ChainedOperator[] {
  return compiled.graph.vertices.flatMap((vertex) => vertex.operators);
}
function withoutUid(compiled: CompiledJob): readonly ChainedOperator[] {
  return operatorsOf(compiled).filter((operator) => operator.stateful && operator.uid === undefined);
}
function vertexByOperator(compiled: CompiledJob): ReadonlyMap<OperatorId, JobVertex> {
  return new Map(
    compiled.graph.vertices.flatMap((vertex) => vertex.operators.map((operator): [OperatorId, JobVertex] => [operator.operatorId, vertex])),
  );
}

function missingOperators(
  snapshotOperators: readonly SnapshotOperator[], compiled: CompiledJob, vertices: ReadonlyMap<OperatorId, JobVertex>,
): string[] {
  const known = new Set(snapshotOperators.map((operator) => operator.operatorId));
  const newUids = operatorsOf(compiled).filter((operator) => !known.has(operator.operatorId)).flatMap((operator) => operator.uid ?? []);
  return snapshotOperators
    .filter((old) => old.stateful && !vertices.has(old.operatorId))
    .map((old) => {
      if (old.uid === undefined) {
        return `the snapshot has state of operator ${old.name} (${old.operatorId}), which had no uid and is not at its place any more`;
      }
      const near = nearestName(old.uid, newUids);
      const suggestion = near === undefined ? '' : `; the job has the new uid ${near}`;
      return `the snapshot has state of uid ${old.uid} (${old.name}), which the job lacks${suggestion}`;
    });
}

function maxParallelismConflicts(old: SnapshotOperator, vertex: JobVertex): string[] {
  if (vertex.maxParallelismExplicit && vertex.maxParallelism !== old.maxParallelism) {
    return [`max parallelism of ${old.name} is set to ${vertex.maxParallelism} but was ${old.maxParallelism}`];
  }
  if (vertex.parallelism > old.maxParallelism) {
    return [`parallelism ${vertex.parallelism} of ${old.name} is above the snapshot's max parallelism ${old.maxParallelism}`];
  }
  return [];
}

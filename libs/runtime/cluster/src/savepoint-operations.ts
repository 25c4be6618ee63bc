/** Savepoints that were asked for: under way, or ended a short while ago. */
import type { FailureInfo, JobId } from '@weir/base';
import type { OperationStatus } from './cluster-gateway.js';

interface Operation {
  readonly jobId: JobId;
  status: OperationStatus;
}

export class SavepointOperations {
  private readonly operations = new Map<string, Operation>();

  has(triggerId: string): boolean {
    return this.operations.has(triggerId);
  }

  status(jobId: JobId, triggerId: string): OperationStatus | undefined {
    const operation = this.operations.get(triggerId);
    return operation?.jobId === jobId ? operation.status : undefined;
  }

  begin(jobId: JobId, triggerId: string): void {
    this.operations.set(triggerId, { jobId, status: { state: 'in-progress' } });
  }

  /** True when it was under way. */
  end(jobId: JobId, triggerId: string, status: OperationStatus): boolean {
    const operation = this.operations.get(triggerId);
    if (operation?.jobId !== jobId || operation.status.state !== 'in-progress') return false;
    operation.status = status;
    return true;
  }

  /** All of a job that are under way end so. Answers which. */
  failAll(jobId: JobId, failure: FailureInfo): readonly string[] {
    return [...this.operations].filter(([triggerId]) => this.end(jobId, triggerId, { state: 'failed', failure })).map(([triggerId]) => triggerId);
  }

  forget(triggerId: string): void {
    this.operations.delete(triggerId);
  }
}

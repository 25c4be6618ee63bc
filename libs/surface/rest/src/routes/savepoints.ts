/** Savepoints and stopping with one: begun here, asked after by the trigger's id. */
import type { OperationStatus } from '@weir/cluster';
import type { AsynchronousOperationResult } from '../generated/schemas.js';
import { FeatureDisabledError } from '../errors.js';
import { route, type Route } from '../http/route.js';
import { throwableView } from '../model/failure-view.js';

const TRIGGER_ID = /^[0-9a-f]{32}$/;
const TRIGGER_ID_IS = '32 hexadecimal digits';
const FORMATS = ['CANONICAL', 'NATIVE'] as const;

export const savepointRoutes: readonly Route[] = [
  route('triggerSavepoint', async ({ params, body }, { gateway, features }) => {
    body.oneOf('formatType', FORMATS); // there is one format; it is both
    const cancels = body.boolean('cancel-job') ?? false;
    if (cancels && !features.cancel) throw new FeatureDisabledError('cancelling jobs', 'web.cancel.enable');
    const triggerId = await gateway.savepoint(params.jobid, {
      ...optional('targetDirectory', body.text('target-directory')),
      then: cancels ? 'cancel' : 'none',
      ...optional('triggerId', body.matching('triggerId', TRIGGER_ID, TRIGGER_ID_IS)),
    });
    return { 'request-id': triggerId };
  }),

  route('triggerStopWithSavepoint', async ({ params, body }, { gateway, features }) => {
    if (!features.cancel) throw new FeatureDisabledError('stopping jobs', 'web.cancel.enable');
    body.oneOf('formatType', FORMATS);
    const triggerId = await gateway.savepoint(params.jobid, {
      ...optional('targetDirectory', body.text('targetDirectory')),
      then: body.boolean('drain') === true ? 'drain' : 'suspend',
      ...optional('triggerId', body.matching('triggerId', TRIGGER_ID, TRIGGER_ID_IS)),
    });
    return { 'request-id': triggerId };
  }),

  route('getSavepointStatus', async ({ params }, { gateway }) => operationView(await gateway.operation(params.jobid, params.triggerid))),
];

function operationView(status: OperationStatus): AsynchronousOperationResult {
  switch (status.state) {
    case 'in-progress':
      return { status: { id: 'IN_PROGRESS' }, operation: null };
    case 'completed':
      return { status: { id: 'COMPLETED' }, operation: { location: status.location } };
    case 'failed':
      return { status: { id: 'COMPLETED' }, operation: { 'failure-cause': throwableView(status.failure) } };
  }
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined || value === ('' as unknown) ? {} : ({ [key]: value } as { [P in K]?: T });
}

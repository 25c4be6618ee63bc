/** `weir job …`: jobs of a cluster. */
import type { Configuration } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { configurationOf } from '../../configuration.js';
import type { JobInvocation } from '../../grammar/jobs.js';
import type { CliIo } from '../../io.js';
import { clientOf } from '../../remote/target.js';
import { cancel } from './cancel.js';
import { list } from './list.js';
import { logs } from './logs.js';
import { savepoint, stop } from './savepoint.js';
import { show } from './show.js';

export async function job(invocation: JobInvocation, io: CliIo): Promise<number> {
  const configuration: Configuration = await configurationOf(invocation, io);
  const client: WeirClient = clientOf(invocation.target, configuration, io);
  switch (invocation.command) {
    case 'job list':
      return list(invocation, client, io);
    case 'job show':
      return show(invocation, client, io);
    case 'job cancel':
      return cancel(invocation, client, io);
    case 'job logs':
      return logs(invocation, client, configuration, io);
    case 'job stop':
      return stop(invocation, client, io);
    case 'job savepoint':
      return savepoint(invocation, client, io);
  }
}

/** Whether a command means a cluster: kept apart from the client, which an embedded run need not load. */
import type { CliIo } from '../io.js';

/** What was named: by `--target`, else by `WEIR_TARGET`. Undefined: nothing was. */
export function namedTarget(target: string | undefined, io: Pick<CliIo, 'environment'>): string | undefined {
  return target ?? (io.environment.WEIR_TARGET || undefined);
}

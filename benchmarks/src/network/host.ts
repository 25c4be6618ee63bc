/** What a thread of this benchmark gives to its transport. */
import { SystemTimers } from '@weir/host-node';
import { silentLogger } from '@weir/ports';

export const host = { timers: new SystemTimers(), logger: silentLogger };

export const channelOf = (run: number) => ({ fromSubtask: 0, toSubtask: 0, dataSubject: `consumer.data.${run}`, creditSubject: `main.credit.${run}` });

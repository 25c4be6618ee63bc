/** Entry point of a slot's thread: one slot, its tasks, and the user code in them. */
import { guardUserCode, runThread } from '@weir/process';
import type { GuardedSlot } from './guarded-slot.js';
import { makeSlot } from './make-slot.js';
import type { SlotThreadCommand, SlotThreadSettings } from './slot-thread-settings.js';

process.setSourceMapsEnabled(true); // stacks show the user's TypeScript

await runThread<SlotThreadSettings, SlotThreadCommand>(async (thread) => {
  const data = await thread.transport.connect(thread.node, 'data');
  let slot: GuardedSlot | undefined;
  guardUserCode((error) => {
    thread.logger.log('error', error.message, { code: error.code, stack: (error.cause as Error | undefined)?.stack });
    slot?.fail(error);
  });
  return {
    perform: async ({ assignment }) => {
      slot = await makeSlot(assignment, thread, data);
      return thread.system.spawn('slot', slot).address;
    },
  };
});

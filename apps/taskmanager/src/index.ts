export { runTaskManager } from './run-task-manager.js';
export { ThreadSlotHost } from './thread-slot-host.js';
export type { SlotThreadCommand, SlotThreadSettings } from './slot-thread-settings.js';

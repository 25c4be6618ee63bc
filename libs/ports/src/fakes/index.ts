export { EventHeap, type HeapEvent } from './event-heap.js';
export { ManualClock } from './manual-clock.js';
export { drainMicrotasks, ManualTimers, type RunUntilOptions } from './manual-timers.js';
export { SeededRandom } from './seeded-random.js';
export { type FileFault, MemoryFileStore, type MemoryFileStoreOptions } from './memory-file-store.js';
export { MemoryHighAvailability } from './memory-high-availability.js';
export { type LogEntry, RecordingLogger } from './recording-logger.js';
export { InMemoryMeter } from './in-memory-meter.js';

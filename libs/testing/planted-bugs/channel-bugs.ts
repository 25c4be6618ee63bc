/** Planted in channels, barriers and snapshots of tasks (D1, D6). */
import type { PlantedBug } from './planted-bug.js';

const GATE = 'libs/runtime/task/src/channels/input-gate.ts';
const SENDER = 'libs/runtime/task/src/channels/channel-sender.ts';
const ALIGNER = 'libs/runtime/task/src/channels/barrier-aligner.ts';
const OUTPUT_BARRIER = 'libs/runtime/task/src/channels/output-barrier.ts';
const CAPTURE = 'libs/runtime/task/src/channels/channel-capture.ts';
const SNAPSHOT = 'libs/runtime/task/src/subtask-snapshot.ts';
const WIRING = 'libs/runtime/cluster/src/channel-wiring.ts';

export const channelBugs: readonly PlantedBug[] = [
  {
    id: '1', name: 'alignment is skipped on one input', expects: ['I1', 'I5'],
    edits: [{ file: ALIGNER, find: 'for (let channel = 0; channel < this.channelCount; channel++)', replace: 'for (let channel = Math.min(1, this.channelCount - 1); channel < this.channelCount; channel++)' }],
  },
  {
    id: '1b', name: 'a channel is read on behind its barrier', expects: ['I1', 'I2'],
    edits: [{ file: GATE, find: 'return !this.blocked && this.head < this.queue.length;', replace: 'return this.head < this.queue.length;' }],
  },
  {
    id: '1c', name: 'what a barrier overtakes in an output is not stored', expects: ['I1'],
    edits: [{ file: OUTPUT_BARRIER, find: 'for (const frame of overtaken.passed) state.add(frame);', replace: '' }],
  },
  {
    id: '1d', name: 'what a barrier overtakes in an input is not stored', expects: ['I1'],
    edits: [{ file: CAPTURE, find: "else this.state.add(frame.kind === 'encoded' ? frame.bytes : frame);", replace: '' }],
  },
  {
    id: '2', name: 'the barrier goes on before the snapshot is taken', expects: ['I1', 'I9'],
    edits: [{
      file: SNAPSHOT, find: 'const captured = chain.snapshot({ checkpointId, format: request.format });',
      replace: "const captured = new Promise<void>((resolve) => void chain['environment'].services.timers.after(5, resolve)).then(() => chain.snapshot({ checkpointId, format: request.format }));",
    }],
  },
  {
    id: '3', name: 'gaps are ignored', expects: ['I1', 'I2', 'I5'],
    edits: [{
      file: GATE, find: 'if (seq > this.expected) this.broken(`frame ${seq} arrived where ${this.expected} was due`);',
      replace: 'if (seq > this.expected) this.expected = seq;',
    }],
  },
  {
    id: '4', name: 'duplicates are accepted', expects: ['I1', 'I2', 'I5'],
    edits: [{
      file: GATE, find: 'return seq === this.expected;',
      replace: 'if (seq >= this.expected) return seq === this.expected;\n    this.expected--;\n    return true;',
    }],
  },
  {
    id: '5', name: 'no high-water mark', expects: ['I17'],
    edits: [{ file: SENDER, find: 'if (this.creditLimit === 0) return;', replace: 'return;' }],
  },
  {
    id: '6', name: 'credits are relative', expects: ['I17'],
    edits: [
      { file: SENDER, find: 'if (limit <= this.creditLimit) return;\n    if (this.creditLimit === 0) this.window = limit;\n    this.creditLimit = limit;', replace: 'if (this.creditLimit === 0) this.window = limit;\n    this.creditLimit += limit;\n    limit = this.creditLimit;' },
      { file: GATE, find: 'this.granted = this.consumed + this.framesInFlight;\n    this.repeatCredit();', replace: 'const limit = this.consumed + this.framesInFlight - this.granted;\n    this.granted += limit;\n    this.sendCredit({ kind: \'credit\', limit });' },
      { file: GATE, find: 'for (const channel of this.channels) channel.repeatCredit();', replace: '' },
    ],
  },
  {
    id: '7', name: 'frames are sent before the consumer is ready', expects: ['I1', 'I17'],
    edits: [{ file: SENDER, find: 'private creditLimit = 0;', replace: 'private creditLimit = 1;' }],
  },
  {
    id: '8', name: 'one subject for all attempts', expects: ['I1', 'I2', 'I17'],
    edits: [{
      file: WIRING, find: '${from.epoch}.${edge}.${from.subtaskIndex}-${from.attempt}.${to.subtaskIndex}-${to.attempt}`',
      replace: '${edge}.${from.subtaskIndex}.${to.subtaskIndex}`',
    }],
  },
];

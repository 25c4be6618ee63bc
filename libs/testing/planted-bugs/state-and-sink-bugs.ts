/** Planted in state, time and sinks (D7). */
import type { PlantedBug } from './planted-bug.js';

const COMMITTER = 'libs/adapters/connector-file/src/sink/file-sink-committer.ts';
const WRITER = 'libs/adapters/connector-file/src/sink/file-sink-writer.ts';
const CHAIN = 'libs/runtime/task/src/chain/operator-chain.ts';
const TASK = 'libs/runtime/task/src/task.actor.ts';
const PROCESS = 'libs/runtime/task/src/operators/process-operator.ts';
const WINDOW = 'libs/runtime/task/src/windows/window-operator.ts';
const IN_FLIGHT = 'libs/runtime/task/src/chain/load-in-flight.ts';
const ASSIGNMENT = 'libs/runtime/checkpoint/src/state-assignment.ts';

export const stateAndSinkBugs: readonly PlantedBug[] = [
  {
    id: '13b', name: 'the folder of a prepared file is not synced', expects: ['I8', 'I9', 'P4'],
    edits: [{ file: WRITER, find: 'await this.context.files.syncDirectory(this.directory);', replace: '' }],
  },
  {
    id: '22', name: 'commits not above the largest committed one are skipped', expects: ['I1', 'I9'],
    edits: [{
      file: COMMITTER, find: 'for (const committable of committables) {\n      await this.commitOne(committable);',
      replace: "const numberOf = (path: string): number => parsePartFileName(baseName(path))?.n ?? -1;\n    const done = (await this.context.files.list(this.directory)).filter(({ name }) => !name.startsWith('.') && parsePartFileName(name)?.subtask === this.context.subtaskIndex);\n    const largest = Math.max(-1, ...done.map(({ name }) => numberOf(name)));\n    for (const committable of committables) {\n      if (numberOf(committable.to) <= largest) continue;\n      await this.commitOne(committable);",
    }],
  },
  {
    id: '23', name: 'transaction ids are used again after a restore', expects: ['I1', 'I9'],
    edits: [{ file: CHAIN, find: 'attempt: `${attempt.epoch}.${attempt.attempt}`,', replace: "attempt: '1.0'," }],
  },
  {
    id: '24', name: 'lingering transactions are not aborted', expects: ['I9'],
    edits: [{ file: COMMITTER, find: 'await files.remove(path);\n      removed++;', replace: '' }],
  },
  {
    id: '25', name: 'a task finishes without waiting for its last commit', expects: ['I1', 'I9'],
    edits: [{
      file: TASK, find: 'if (this.chain === undefined) return;\n    (this.context as Context).pipe(this.chain.checkpointComplete(checkpointId),',
      replace: "if (this.chain === undefined) return;\n    if (isFinal && this.state === 'end-of-data' && this.outputs.drained) {\n      void this.chain.checkpointComplete(checkpointId).catch(() => undefined);\n      this.end('finished');\n      return;\n    }\n    (this.context as Context).pipe(this.chain.checkpointComplete(checkpointId),",
    }],
  },
  {
    id: '27', name: 'timers are not in the snapshot', expects: ['I1', 'I8'],
    edits: [{ file: PROCESS, find: '[this.eventTimers.snapshotSource(EVENT_TIMERS), this.processingTimers.snapshotSource(PROCESSING_TIMERS)]', replace: '[]' }],
  },
  {
    id: '28', name: 'the watermark of windows falls after a restore', expects: ['I1', 'I10'],
    foundBy: { project: 'libs/testing', file: 'test/windows.model.test.ts' },
    because: 'no record of its jobs is late',
    edits: [{ file: WINDOW, find: 'this.watermarkNow = this.storedWatermark?.restored() ?? MIN_WATERMARK;', replace: 'this.watermarkNow = MIN_WATERMARK;' }],
  },
  {
    id: '29', name: 'a rescale drops a key group', expects: ['I1', 'I8'],
    foundBy: { project: 'libs/runtime/checkpoint', file: 'test/state-assignment.test.ts' },
    because: 'only key group 11 of 16 is dropped, only from 3 to 4 subtasks or back, and few drawn jobs rescale keyed state so',
    edits: [{ file: ASSIGNMENT, find: 'if (first > last ||', replace: 'if ((first === last && range.first !== range.last) || first > last ||' }],
  },
  {
    id: '29b', name: 'a rescale takes records in flight in every subtask that reads their channel', expects: ['I1', 'I17'],
    edits: [{ file: IN_FLIGHT, find: 'if (keep(element.values[i])) own.push(i);', replace: 'own.push(i);' }],
  },
];

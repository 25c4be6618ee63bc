/** Planted where history is decided: the checkpoint coordinator, the store of completed checkpoints, recovery (D3, D4, D5). */
import type { LayerTest, PlantedBug } from './planted-bug.js';

const COORDINATOR = 'libs/runtime/checkpoint/src/checkpoint-coordinator.ts';
const STORE = 'libs/runtime/checkpoint/src/completed-checkpoint-store.ts';
const REGISTER = 'libs/runtime/checkpoint/src/job-register.ts';
const METADATA = 'libs/runtime/checkpoint/src/metadata-file.ts';
const STORAGE = 'libs/runtime/checkpoint/src/file-checkpoint-storage.ts';
const RECOVERY = 'libs/runtime/checkpoint/src/recovery-decision.ts';
const SCHEDULER = 'libs/runtime/cluster/src/job-scheduler.ts';

const POINTER = "await this.register.set(this.registerValue('running', checkpoint));\n      await this.register.checkStillLeader();\n    } catch (failure) {\n      return this.deposed(failure);\n    }\n    this.completed.push(checkpoint);";
const CAS = 'const outcome = await this.highAvailability.compareAndSetRegister(this.jobId, current?.version ?? 0, next);';

const ELECTION = 'libs/runtime/cluster/src/leader-election.ts';
const LEASE = 'libs/runtime/cluster/src/leader-lease.ts';
const ofElection: LayerTest = { project: 'libs/runtime/cluster', file: 'test/leader-election.model.test.ts' };
const ofCoordinator: LayerTest = { project: 'libs/runtime/checkpoint', file: 'test/checkpoint-coordinator.model.test.ts' };

export const checkpointBugs: readonly PlantedBug[] = [
  {
    id: '9', name: 'acknowledgements are taken from any attempt', expects: ['I3'], foundBy: ofCoordinator,
    because: 'a restart aborts what is pending and ids rise, so a late acknowledgement finds no checkpoint',
    edits: [{ file: COORDINATOR, find: "const { attempt, checkpointId, snapshot } = message;\n  if (!turn.isCurrent(attempt)) return 'unknown-attempt'; // C5", replace: 'const { attempt, checkpointId, snapshot } = message;' }],
  },
  {
    id: '10', name: 'a checkpoint completes with one acknowledgement missing', expects: ['I5', 'I6'],
    edits: [{ file: COORDINATOR, find: 'if (pending.missingTasks.size > 0 ||', replace: 'if (pending.missingTasks.size > 1 ||' }],
  },
  {
    id: '11', name: 'tasks are notified before the register points to the checkpoint', expects: ['I4', 'I6'],
    edits: [{
      file: STORE, find: POINTER,
      replace: "void this.register.set(this.registerValue('running', checkpoint)).catch(() => { this.phase = 'deposed'; });\n    } catch (failure) {\n      return this.deposed(failure);\n    }\n    this.completed.push(checkpoint);",
    }],
  },
  {
    id: '12', name: 'the register points to metadata that is not synced', expects: ['I6', 'P4'],
    edits: [{
      file: METADATA, find: 'await files.createExclusive(joinPath(directory, METADATA_FILE), encodeMetadata(metadata));',
      replace: 'const writer = await files.create(joinPath(directory, METADATA_FILE));\n  await writer.write(encodeMetadata(metadata));\n  await writer.close();',
    }],
  },
  {
    id: '12b', name: 'the register points to metadata before it is written', expects: ['I6', 'P4'],
    edits: [{
      file: STORE, find: 'const failure = await this.writeMetadata(checkpoint);',
      replace: "await this.register.set(this.registerValue('running', checkpoint));\n      const failure = await this.writeMetadata(checkpoint);",
    }],
  },
  {
    id: '13', name: "the folder of a state file is not synced", expects: ['I8', 'P4'],
    edits: [{ file: STORAGE, find: 'await this.files.syncDirectory(directory);', replace: '' }],
  },
  {
    id: '14', name: 'an unknown outcome of the compare-and-set counts as a failure', expects: ['I1', 'I9'],
    edits: [{
      file: STORE, find: POINTER,
      replace: POINTER.replace("await this.register.set(this.registerValue('running', checkpoint));", "const current = await this.register.read();\n      try {\n        await this.register['highAvailability'].compareAndSetRegister(this.jobId, current?.version ?? 0, this.registerValue('running', checkpoint));\n      } catch (unknown) {\n        return { kind: 'failed', failure: failureInfo(unknown) };\n      }"),
    }],
  },
  {
    id: '15', name: 'an unknown outcome of the compare-and-set counts as success', expects: ['I4', 'I6'],
    edits: [{ file: REGISTER, find: CAS, replace: CAS.replace(/;$/, ".catch(() => 'set' as const);") }],
  },
  {
    id: '16', name: 'the epoch comes from the revision of the register alone', expects: ['I7'], foundBy: ofElection,
    because: 'one embedded cluster elects nobody',
    edits: [{ file: ELECTION, find: 'this.state = { name: \'writing\', epoch };', replace: 'epoch = (over?.value.epoch ?? 0) + 1;\n    this.state = { name: \'writing\', epoch };' }],
  },
  {
    id: '17', name: 'the lease is counted from the reply', expects: ['I7'], foundBy: ofElection,
    because: 'one embedded cluster elects nobody',
    edits: [
      { file: LEASE, find: 'renew(sentAtMs: number, nowMs: number): boolean {\n    this.startMs = sentAtMs;', replace: 'renew(sentAtMs: number, nowMs: number): boolean {\n    this.startMs = Math.max(sentAtMs, nowMs);' },
      { file: ELECTION, find: 'new LeaderLease(this.options, sentAtMs)', replace: 'new LeaderLease(this.options, Math.max(sentAtMs, this.nowMs))' },
    ],
  },
  {
    id: '18', name: 'a zombie leader goes on', expects: ['I1', 'I3', 'I7'],
    edits: [
      { file: REGISTER, find: 'if (current !== undefined && current.value.epoch > this.epoch)', replace: 'if (false)' },
      { file: REGISTER, find: 'if (largest !== undefined && largest > this.epoch)', replace: 'if (false as boolean)' },
    ],
  },
  {
    id: '19', name: 'a deposed leader deletes "its" failed checkpoint', expects: ['I1', 'I8'],
    edits: [{
      file: STORE, find: POINTER,
      replace: POINTER.replace('return this.deposed(failure);', 'await this.files.removeTree(checkpoint.path);\n      return this.deposed(failure);'),
    }],
  },
  {
    id: '20', name: 'recovery takes what the register points to, not the largest valid checkpoint', expects: ['I1', 'I9'],
    edits: [{
      file: RECOVERY, find: 'for (const candidate of live) { // R2',
      replace: 'for (const candidate of pointer === undefined ? live : live.filter(({ path }) => baseName(path) === baseName(pointer.path))) {',
    }],
  },
  {
    id: '21', name: 'a void checkpoint is adopted later', expects: ['I1', 'I9'],
    edits: [{ file: RECOVERY, find: 'return decisive !== undefined && decisive.restoredId < checkpointId;', replace: 'return false;' }],
  },
  {
    id: '26', name: 'a shared file is deleted while referenced', expects: ['I8'],
    foundBy: { project: 'libs/runtime/checkpoint', file: 'test/shared-files.test.ts' },
    because: 'its jobs keep their state on the heap: only incremental checkpoints share files',
    edits: [{ file: STORE, find: 'const needed = namesReferenced(path, retained);', replace: 'const needed = new Set<string>();' }],
  },
  {
    id: '30', name: 'suspending a job ends it', expects: ['I11'],
    edits: [{ file: SCHEDULER, find: "record: event.type === 'cancel', recording: false", replace: 'record: true, recording: false' }],
  },
  {
    id: '31', name: 'the end of a job is recorded while a completion is under way', expects: ['I11', 'I13'],
    edits: [{ file: STORE, find: "if (this.phase === 'leading') this.phase = 'closing';\n    await this.completing;", replace: '' }],
  },
];

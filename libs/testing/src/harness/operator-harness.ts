/**
 * Runs one operator, or a chain, without a cluster: records, watermarks and processing time by hand, outputs as text, snapshots through the
 * engine's own storage and state assignment, so that a restore may change the parallelism. For tests of functions and of operators.
 *
 * @example
 * const harness = await OperatorHarness.open<Click>((clicks) => clicks.keyBy((c) => c.user).window(TumblingEventTimeWindows.of(Duration.seconds(1))).count());
 * harness.play(`
 *   {"user":"ada"} @100
 *   watermark 999
 * `);
 * expect(harness.take()).toMatchInlineSnapshot();
 *
 *  H1  time moves only when told; H2  watermarks and idleness reach all subtasks, a record the subtask that owns its key (subtask 0 without);
 *  H3  outputs keep the order in which they were emitted, subtask by subtask within one call.
 */
import { assert, jobId, leaderEpoch } from '@weir/base';
import { assignState, FileCheckpointStorage, type SubtaskSnapshot, subtaskKey } from '@weir/checkpoint';
import type { OutputTag } from '@weir/functions';
import type { StreamNode } from '@weir/graph';
import { drainMicrotasks, InMemoryMeter, ManualClock, ManualTimers, MemoryFileStore, RecordingLogger, SeededRandom } from '@weir/ports';
import { heapStateBackends, keyGroupOf, keyGroupRangeOf, subtaskOfKeyGroup } from '@weir/state';
import { type Input, loadRestored, openKeyedState, OperatorChain, ProcessingTimeService, RecordContext } from '@weir/task/internal';
import { MAX_WATERMARK, NO_TIMESTAMP } from '@weir/time';
import { type CompiledHarness, compileHarness, type HarnessProgram } from './compile-harness.js';
import type { HarnessSnapshot } from './harness-snapshot.js';

export interface HarnessOptions {
  /** Default 1. */
  readonly parallelism?: number;
  /** Side outputs to look at. */
  readonly sideOutputs?: readonly OutputTag<never>[] | readonly OutputTag<unknown>[];
  /** Text of a record in `play` to the record. Default: JSON. */
  readonly parse?: (text: string) => unknown;
  /** A record in `take`. Default: JSON. */
  readonly format?: (value: unknown) => string;
  /** Wall clock at the start. Default 0. */
  readonly startMs?: number;
  /** Tries of a failed commit, on top of the first one. Default 0. */
  readonly commitRetries?: number;
}

const JOB = jobId('0'.repeat(32));

interface Subtask {
  readonly chain: OperatorChain;
  readonly record: RecordContext;
  readonly processingTime: ProcessingTimeService;
}

export class OperatorHarness<A, B = never> {
  private readonly clock: ManualClock;
  private readonly timers: ManualTimers;
  private readonly subtasks: Subtask[] = [];
  private readonly logger = new RecordingLogger();
  private lines: string[] = [];
  private lastCheckpoint = 0;

  private constructor(private readonly program: HarnessProgram<A, B>, private readonly options: HarnessOptions, private readonly compiled: CompiledHarness, startMs: number) {
    this.clock = new ManualClock(startMs);
    this.timers = new ManualTimers(this.clock);
  }

  /** Builds and opens the operators; rejects with what `open` throws. */
  static async open<A, B = never>(program: HarnessProgram<A, B>, options: HarnessOptions = {}, restored?: HarnessSnapshot): Promise<OperatorHarness<A, B>> {
    const compiled = compileHarness(program, options.parallelism ?? 1);
    const harness = new OperatorHarness<A, B>(program, options, compiled, restored?.nowMs ?? options.startMs ?? 0);
    await harness.start(restored);
    return harness;
  }

  private async start(restored: HarnessSnapshot | undefined): Promise<void> {
    const assigned = restored === undefined ? undefined : assignState(restored.metadata, this.compiled.job.graph, { allowNonRestoredState: true });
    this.lastCheckpoint = restored?.metadata.checkpointId ?? 0;
    for (let index = 0; index < this.parallelism; index++) this.subtasks.push(await this.createSubtask(index, restored, assigned));
    for (const { processingTime } of this.subtasks) processingTime.fire();
  }

  private async createSubtask(subtaskIndex: number, restored: HarnessSnapshot | undefined, assigned: ReturnType<typeof assignState> | undefined): Promise<Subtask> {
    const { job, outputIndex } = this.compiled;
    const program = subtaskIndex === 0 ? job : compileHarness(this.program, this.parallelism).job; // function objects of its own
    const { vertex } = this.compiled;
    const record = new RecordContext();
    const processingTime: ProcessingTimeService = new ProcessingTimeService(this.clock, this.timers, () => processingTime.fire());
    const range = keyGroupRangeOf(subtaskIndex, vertex.parallelism, vertex.maxParallelism);
    const values = restored === undefined ? new Map<string, never>() : await loadRestored(assigned?.get(subtaskKey(vertex.id, subtaskIndex)), restored.storage, range);
    const keyedState = await openKeyedState(heapStateBackends, program, vertex, range, values);
    const capture = (label: string): { readonly input: Input } => ({ input: this.output(label, record) });
    const chain = new OperatorChain({
      jobId: JOB, attempt: { epoch: leaderEpoch(1), attempt: this.lastCheckpoint, vertexId: vertex.id, subtaskIndex }, job: program, vertex, record, processingTime,
      metrics: new InMemoryMeter().root(), restored: values, keyedState, commitRetries: this.options.commitRetries ?? 0, freezeRecords: true, bufferTimeoutMs: 10, sendSplitRequest: () => undefined,
      services: { files: new MemoryFileStore(), clock: this.clock, timers: this.timers, random: new SeededRandom(`harness/${subtaskIndex}`), logger: this.logger },
      partitions: [
        ...(outputIndex === undefined ? [] : [{ sourceOperatorIndex: outputIndex, sideOutputId: undefined, partition: capture('') }]),
        ...vertex.operators.flatMap((_operator, sourceOperatorIndex) => (this.options.sideOutputs ?? []).map(({ id }) => ({
          sourceOperatorIndex, sideOutputId: id, partition: { input: { ...capture(`${id}: `).input, watermark: () => undefined, idle: () => undefined } },
        }))),
      ],
    });
    await chain.open();
    return { chain, record, processingTime };
  }

  private output(label: string, record: RecordContext): Input {
    const format = this.options.format ?? ((value: unknown) => JSON.stringify(value));
    return {
      collect: (value) => this.lines.push(`${label}${format(value)}${record.timestamp === NO_TIMESTAMP ? '' : ` @${timeText(record.timestamp)}`}`),
      watermark: (timestamp) => this.lines.push(`watermark ${timeText(timestamp)}`),
      idle: (idle) => this.lines.push(idle ? 'idle' : 'active'),
    };
  }

  get parallelism(): number {
    return this.compiled.vertex.parallelism;
  }
  /** Wall clock. */
  get nowMs(): number {
    return this.clock.now();
  }

  /** One record; without a timestamp it has none. */
  record(value: A, timestamp?: number): this;
  record(value: B, timestamp: number | undefined, inputIndex: 1): this;
  record(value: A | B, timestamp = NO_TIMESTAMP, inputIndex = 0): this {
    const { vertex, job } = this.compiled;
    const selector = (job.nodes.get(vertex.operators[0].operatorId) as StreamNode).keySelectors[inputIndex];
    const index = selector === undefined ? 0 : subtaskOfKeyGroup(keyGroupOf(selector(value), vertex.maxParallelism), vertex.parallelism, vertex.maxParallelism);
    const { chain, record } = this.subtasks[index];
    record.timestamp = timestamp;
    chain.head.inputs[inputIndex].collect(value);
    return this;
  }
  /** To all subtasks, or to one: subtasks of a real job are never at the same point. */
  watermark(timestamp: number, inputIndex = 0, subtaskIndex?: number): this {
    const reached = subtaskIndex === undefined ? this.subtasks : [this.subtasks[subtaskIndex]];
    for (const { chain } of reached) chain.head.inputs[inputIndex].watermark(timestamp);
    return this;
  }
  idle(idle = true, inputIndex = 0): this {
    for (const { chain } of this.subtasks) chain.head.inputs[inputIndex].idle(idle);
    return this;
  }
  /** Moves the wall clock on to `toMs`; timers that become due fire in their order. */
  processingTime(toMs: number): this {
    assert(toMs >= this.clock.now(), `processing time is ${this.clock.now()} and does not go back to ${toMs}`);
    this.timers.advanceBy(toMs - this.clock.now());
    return this;
  }
  /** The periodic watermark emission of the task. */
  periodic(): this {
    for (const { chain } of this.subtasks) chain.periodic();
    return this;
  }
  /** End of bounded input: the last watermark on all inputs, then `finish`. */
  endOfInput(): this {
    for (let input = 0; input < this.compiled.vertex.inputCount; input++) this.watermark(MAX_WATERMARK, input);
    for (const { chain } of this.subtasks) chain.finish();
    return this;
  }

  /**
   * A story, one line each: `<record> @<timestamp>` (`@` and time may be left out), `watermark <t>`, `idle`, `active`, `time <ms>` (wall
   * clock), `periodic`, `end`. `2>` in front sends a line to the second input. Empty lines and those that begin with `#` are passed over.
   */
  play(story: string): this {
    for (const line of story.split('\n').map((text) => text.trim())) if (line !== '' && !line.startsWith('#')) this.playLine(line);
    return this;
  }
  private playLine(line: string): void {
    const second = line.startsWith('2>');
    const text = second ? line.slice(2).trim() : line;
    const inputIndex = second ? 1 : 0;
    const [word, argument] = text.split(/\s+/, 2);
    switch (word) {
      case 'watermark': this.watermark(argument === 'max' ? MAX_WATERMARK : Number(argument), inputIndex); break;
      case 'idle': this.idle(true, inputIndex); break;
      case 'active': this.idle(false, inputIndex); break;
      case 'time': this.processingTime(Number(argument)); break;
      case 'periodic': this.periodic(); break;
      case 'end': this.endOfInput(); break;
      default: {
        const [, record, timestamp] = /^(.*?)(?:\s*@(-?\d+))?$/.exec(text) as RegExpExecArray;
        const value = (this.options.parse ?? (JSON.parse as (json: string) => unknown))(record);
        this.record(value as never, timestamp === undefined ? undefined : Number(timestamp), inputIndex as 1);
      }
    }
  }

  /** What was emitted since the last call. */
  take(): string {
    return this.takeLines().join('\n');
  }
  takeLines(): string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** A checkpoint of all subtasks; sinks prepare their commit. The harness may go on. */
  async snapshot(): Promise<HarnessSnapshot> {
    const checkpointId = ++this.lastCheckpoint;
    const { job: { graph }, vertex } = this.compiled;
    const storage = new FileCheckpointStorage({ files: new MemoryFileStore(), directory: '/harness', inlineThresholdBytes: 1 << 30 });
    const subtasks: SubtaskSnapshot[] = [];
    for (const [subtaskIndex, { chain }] of this.subtasks.entries()) {
      chain.prepareSnapshotPreBarrier();
      const operators = await this.settled(chain.snapshot({ checkpointId, format: 'native' }));
      subtasks.push(await storage.writeSubtask({
        checkpointId, attempt: { epoch: leaderEpoch(1), attempt: 0, vertexId: vertex.id, subtaskIndex }, finished: false, operators, inputs: [], outputs: [],
      }));
    }
    const operators = vertex.operators.map(({ operatorId, name, uid, stateful }) => ({
      operatorId, name, uid, stateful, vertexId: vertex.id, parallelism: vertex.parallelism, maxParallelism: vertex.maxParallelism, maxParallelismExplicit: true,
    }));
    return {
      storage, nowMs: this.clock.now(),
      metadata: {
        checkpointId, jobId: JOB, jobName: graph.jobName, epoch: leaderEpoch(1), jobGraphHash: graph.hash, triggeredAtMs: 0, completedAtMs: 0, operators, coordinators: [],
        subtasks, isFinal: false,
      },
    };
  }
  /** Tells the operators that a checkpoint completed: sinks commit. Resolves when they have; rejects with the error that fails the task. */
  async completeCheckpoint(checkpointId = this.lastCheckpoint): Promise<void> {
    await this.settled(Promise.all(this.subtasks.map(({ chain }) => chain.checkpointComplete(checkpointId))));
  }
  abortCheckpoint(checkpointId = this.lastCheckpoint): void {
    for (const { chain } of this.subtasks) chain.checkpointAborted(checkpointId);
  }

  /** A new harness of the same program that starts from `snapshot`, as a restarted or rescaled job would. This one is left as it is. */
  restored(snapshot: HarnessSnapshot, parallelism = this.parallelism): Promise<OperatorHarness<A, B>> {
    return OperatorHarness.open<A, B>(this.program, { ...this.options, parallelism }, snapshot);
  }

  async close(): Promise<void> {
    for (const { chain, processingTime } of this.subtasks) {
      processingTime.close();
      await chain.close();
    }
  }
  /** Timers that are armed, for leak checks. */
  get pendingTimers(): number {
    return this.timers.pendingCount;
  }
  get lateRecordsDropped(): number {
    return this.subtasks.flatMap(({ chain }) => chain.metrics()).reduce((sum, { lateRecordsDropped }) => sum + lateRecordsDropped, 0);
  }

  /** Waits for a promise that may wait for timers (retries). */
  private async settled<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => { over = true; };
    promise.then(end, end);
    for (;;) {
      await drainMicrotasks();
      if (over || !this.timers.runNext()) return promise;
    }
  }
}

function timeText(time: number): string {
  return time === MAX_WATERMARK ? 'max' : String(time);
}

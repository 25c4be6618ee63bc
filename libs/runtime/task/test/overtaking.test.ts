/**
 * Strategy: one channel, by reference or as bytes, through random writes, deliveries, takes and one checkpoint whose barrier waits in line and overtakes at
 * any moment; the consumer's capture begins at any moment before it takes the barrier. Invariants: records arrive once and in order whatever
 * overtakes (C1, C4); both ends agree on the cut (I5); what the consumer had taken, what it captured and what the barrier passed are together what was
 * written before the barrier.
 */
import { describe, expect, it } from '@jest/globals';
import { ManualClock, SeededRandom } from '@weir/ports';
import fc from 'fast-check';
import type { ChannelCapture } from '../src/channels/channel-capture.js';
import { ChannelStateDecoder, ChannelStateWriter, type ReplayElement } from '../src/channels/channel-state.js';
import { type OutputBarrier } from '../src/channels/output-barrier.js';
import { TaskOutputs } from '../src/channels/task-outputs.js';
import type { InputBarrier } from '../src/channels/input-cut.js';
import { type Input, InputChannel, InputGate, InputProcessor, RecordContext, ResultPartition } from '../src/internal.js';
import { Courier } from './support/courier.js';

const CHANNEL = { fromSubtask: 0, toSubtask: 0, dataSubject: 'data', creditSubject: 'credit' };
const RECORDS = { operatorName: 'numbers', type: undefined, onFirstFallback: () => undefined };
const LARGE = 'x'.repeat(200_000);
type Step = 'write' | 'write-large' | 'flush' | 'deliver' | 'take' | 'maintain' | 'barrier' | 'overtake' | 'capture';

class Rig {
  readonly courier = new Courier();
  readonly taken: number[] = [];
  written = 0;
  cutAt = 0;
  takenAtCapture = 0;
  barrier: OutputBarrier | undefined;
  capture: ChannelCapture | undefined;
  barrierTaken = false;
  private readonly outputs: TaskOutputs;
  private readonly partition: ResultPartition;
  private readonly channel: InputChannel;

  constructor(encoded: boolean, framesInFlight: number) {
    this.partition = new ResultPartition({ edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128, channels: [CHANNEL] }, { kind: 'rebalance' }, new RecordContext(), {
      frameRecords: 3, label: 'test', random: new SeededRandom(1), connection: this.courier, onWritable: () => undefined,
      ...(encoded ? { encoding: { ...RECORDS, frameBytes: 4096 } } : {}), stateWriter: () => new ChannelStateWriter(RECORDS),
    });
    this.outputs = new TaskOutputs([this.partition], 0);
    this.channel = new InputChannel(0, 0, 0, CHANNEL, this.courier, framesInFlight, () => undefined, (error) => { throw error; }, encoded);
    this.channel.open();
  }

  step(step: Step): void {
    switch (step) {
      case 'write': case 'write-large':
        this.partition.input.collect({ number: this.written++, text: step === 'write' ? '' : LARGE });
        break;
      case 'flush': this.partition.flushAll(); break;
      case 'deliver': this.courier.deliver(); break;
      case 'take': this.take(); break;
      case 'maintain':
        this.channel.repeatCredit();
        this.partition.announce();
        break;
      case 'barrier':
        if (this.barrier !== undefined) break;
        this.cutAt = this.written;
        this.barrier = this.outputs.barrier(1, 0, this.written % 2 === 0 ? 'patient' : 'overtaking');
        break;
      case 'overtake': this.outputs.overtake(1); break;
      case 'capture':
        if (this.barrier === undefined || this.barrierTaken || this.capture !== undefined) break;
        this.takenAtCapture = this.taken.length;
        this.capture = this.channel.captureUntil(1, (type) => new ChannelStateWriter(RECORDS, type));
    }
  }

  drain(): void {
    for (const step of ['barrier', 'flush', 'overtake'] as const) this.step(step);
    for (let round = 0; round < 400; round++) {
      this.step('maintain');
      this.courier.deliverAll();
      while (this.channel.readable) this.take();
    }
  }

  private take(): void {
    if (!this.channel.readable) return;
    const frame = this.channel.take();
    if (frame.kind === 'barrier') this.barrierTaken = true;
    if (frame.kind === 'data') for (let i = 0; i < frame.count; i++) this.taken.push((frame.values[i] as { number: number }).number);
  }
}

const numbersIn = (elements: readonly ReplayElement[]): number[] => elements.flatMap((element) => (element.kind === 'data' ? element.values.map((value) => (value as { number: number }).number) : []));

describe('a barrier that overtakes', () => {
  it('given any interleaving / then records come once and in order, and the cut holds what was written before it', async () => {
    const steps = fc.array(fc.constantFrom<Step>('write', 'write', 'write', 'write', 'flush', 'deliver', 'deliver', 'take', 'take', 'maintain', 'barrier', 'overtake', 'capture', 'write-large'), { maxLength: 80 });
    let overtaken = 0;
    await fc.assert(fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (actions, framesInFlight, encoded) => {
      const rig = new Rig(encoded, framesInFlight);
      for (const step of actions) rig.step(step);
      rig.step('barrier');
      rig.step('capture');
      rig.drain();
      expect(rig.taken).toEqual(Array.from({ length: rig.written }, (_, i) => i));
      const cut = await (rig.barrier as OutputBarrier).settled;
      if (rig.capture === undefined) return;
      expect(rig.capture.barrierSeq).toBe(cut?.positions[0].barrierSeq);
      const decoder = new ChannelStateDecoder();
      const captured = numbersIn(decoder.decode(rig.capture.state.finish()));
      const passed = cut?.passed.flatMap(({ state }) => numbersIn(decoder.decode(state.finish()))) ?? [];
      if (passed.length > 0) overtaken++;
      expect([...rig.taken.slice(0, rig.takenAtCapture), ...captured, ...passed]).toEqual(Array.from({ length: rig.cutAt }, (_, i) => i));
    }), { numRuns: 300 });
    expect(overtaken).toBeGreaterThan(20);
  });
});

describe.each([false, true])('given a frame of which some records were taken (as bytes: %s)', (encoded) => {
  it('when a barrier overtakes / then the rest of it is in the state of the channel, and is taken once', async () => {
    const courier = new Courier();
    const partition = new ResultPartition({ edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128, channels: [CHANNEL] }, { kind: 'rebalance' }, new RecordContext(), {
      frameRecords: 5, label: 'test', random: new SeededRandom(1), connection: courier, onWritable: () => undefined,
      ...(encoded ? { encoding: { ...RECORDS, frameBytes: 4096 } } : {}), stateWriter: () => new ChannelStateWriter(RECORDS),
    });
    const outputs = new TaskOutputs([partition], 0);
    const gate = new InputGate([{ edgeIndex: 0, inputIndex: 0, channels: [CHANNEL] }], courier, 8, () => undefined, (error) => { throw error; }, encoded);
    const taken: unknown[] = [];
    const head: Input = { collect: (value) => taken.push((value as { number: number }).number), watermark: () => undefined, idle: () => undefined };
    let barrier: InputBarrier | undefined;
    const processor: InputProcessor = new InputProcessor(gate, [head], new RecordContext(), new ManualClock(), 'test', {
      barrierComplete: (complete) => { barrier = complete; }, barrierArrived: (channel, arrived) => void processor.arrived(channel, arrived),
      checkpointGivenUp: () => undefined, endOfData: () => undefined,
    }, { mayBeOvertaken: () => true, writerFor: (_edge, type, records) => new ChannelStateWriter(RECORDS, type, records) });
    gate.open();
    for (let number = 0; number < 10; number++) {
      partition.input.collect({ number });
      if (number % 5 === 4) partition.flushAll();
    }
    courier.deliverAll();
    for (let i = 0; i < 7; i++) processor.processNext(1);
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6]);
    outputs.barrier(1, 0, 'overtaking');
    courier.deliverAll();
    const cut = await barrier?.cut;
    expect(numbersIn(cut?.captured.flatMap(({ state }) => new ChannelStateDecoder().decode(state.finish())) ?? [])).toEqual([7, 8, 9]);
    while (processor.processNext(2));
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

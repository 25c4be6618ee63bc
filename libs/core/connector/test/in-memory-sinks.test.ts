import { describe, expect, it } from '@jest/globals';
import { silentLogger, type Clock, type FileStore, type Random, type Timers } from '@weir/ports';
import { CollectedResultsLostError, CollectSink, PrintSink, type SinkContext } from '../src/index.js';

function contextOf(subtaskIndex: number, parallelism: number, attempt = '1.0'): SinkContext {
  return {
    files: {} as FileStore, clock: {} as Clock, timers: {} as Timers, random: {} as Random, logger: silentLogger,
    jobId: 'job', operatorId: 'sink', operatorName: 'sink', subtaskIndex, parallelism, attempt,
  };
}

describe('the collect sink', () => {
  it('shows what was committed and nothing else', async () => {
    const sink = new CollectSink<number>();
    const writer = sink.createWriter(contextOf(0, 1));
    writer.write(1, 0);
    const prepared = await writer.prepareCommit(1);
    writer.write(2, 0);
    expect(sink.results()).toEqual([]);
    const committer = sink.createCommitter(contextOf(0, 1));
    await committer.commit(prepared);
    await committer.commit(prepared); // K2
    expect(sink.results('job')).toEqual([1]);
  });

  it('given prepared work that is not in the restored state, then recovery aborts it', async () => {
    const sink = new CollectSink<string>();
    const writer = sink.createWriter(contextOf(0, 1));
    writer.write('kept', 0);
    const restored = await writer.prepareCommit(1);
    writer.write('lost with the failure', 0);
    const orphaned = await writer.prepareCommit(2);
    const committer = sink.createCommitter(contextOf(0, 1, '1.1'));
    await committer.recover(restored);
    expect(sink.results()).toEqual(['kept']);
    await expect(committer.commit(orphaned)).rejects.toThrow(CollectedResultsLostError);
  });

  it('given another subtask that is already at work again, then recovery leaves its new work alone', async () => {
    const sink = new CollectSink<string>();
    const other = sink.createWriter(contextOf(1, 2, '1.1'));
    other.write('new', 0);
    const prepared = await other.prepareCommit(3);
    await sink.createCommitter(contextOf(0, 2, '1.1')).recover([]);
    await sink.createCommitter(contextOf(1, 2, '1.1')).commit(prepared);
    expect(sink.results()).toEqual(['new']);
  });
});

describe('the print sink', () => {
  it('says prefix and 1-based subtask, and prints any value', () => {
    const lines: string[] = [];
    const sink = new PrintSink<unknown>((line) => lines.push(line), 'out');
    sink.createWriter(contextOf(1, 2)).write({ a: 1n }, 0);
    sink.createWriter(contextOf(0, 1)).write('text', 0);
    new PrintSink<unknown>((line) => lines.push(line)).createWriter(contextOf(0, 1)).write(undefined, 0);
    expect(lines).toEqual(['out:2> {"a":"1"}', 'out> text', 'undefined']);
  });
});

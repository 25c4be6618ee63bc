/** Two-phase commit by the sink operator (D7): order, retries, restores. */
import { describe, expect, it } from '@jest/globals';
import { WeirError } from '@weir/base';
import type { Sink, SinkCommitter, SinkContext, SinkWriter } from '@weir/connector';
import type { DataStream, DataStreamSink } from '@weir/datastream';
import { OperatorHarness } from '../src/index.js';

/** Writes down what it is asked; fails when told. */
class ScriptedSink implements Sink<string, string> {
  readonly description = 'scripted';
  readonly stateVersion = 1;
  readonly guarantee = 'exactly-once';
  readonly log: string[] = [];
  failures: (Error | undefined)[] = [];

  createWriter(context: SinkContext): SinkWriter<string, string> {
    let open: string[] = [];
    return {
      write: (value) => { open.push(value); },
      backlog: () => undefined,
      prepareCommit: (checkpointId) => {
        const prepared = open;
        open = [];
        this.log.push(`prepare ${checkpointId}/${context.subtaskIndex}: ${prepared.join(' ')}`);
        return Promise.resolve(prepared.length === 0 ? [] : [`${checkpointId}(${prepared.join(' ')})`]);
      },
      close: () => Promise.resolve(),
    };
  }
  createCommitter(context: SinkContext): SinkCommitter<string> {
    return {
      recover: (restored) => {
        this.log.push(`recover ${context.subtaskIndex}: ${restored.join(' ')}`);
        return Promise.resolve();
      },
      commit: (committables) => {
        const failure = this.failures.shift();
        this.log.push(`${failure === undefined ? 'commit' : 'fail'} ${committables.join(' ')}`);
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
      close: () => Promise.resolve(),
    };
  }
  take(): string {
    return this.log.splice(0).join('\n');
  }
}
const never = new WeirError({ code: 'WEIR_COMMIT_LOST', domain: 'external', retry: 'never', message: 'gone', hint: 'Bring it back.' });
const into = (sink: ScriptedSink) => (words: DataStream<string>): DataStreamSink<string> => words.sinkTo(sink).uid('sink');

describe('a sink with a committer', () => {
  it('given three checkpoints / when the second is aborted and the third completes / then what the second prepared is committed with it, in order', async () => {
    const sink = new ScriptedSink();
    const harness = await OperatorHarness.open<string>(into(sink));
    for (const word of ['a', 'b', 'c']) {
      harness.record(word);
      await harness.snapshot();
    }
    harness.abortCheckpoint(2);
    await harness.completeCheckpoint(1);
    await harness.completeCheckpoint(3);
    await harness.completeCheckpoint(3);
    expect(sink.take()).toMatchInlineSnapshot(`
"recover 0: 
prepare 1/0: a
prepare 2/0: b
prepare 3/0: c
commit 1(a)
commit 2(b)
commit 3(c)"
`);
  });

  it('given a commit that fails / when there are tries left / then it is tried again before anything later, until it succeeds', async () => {
    const sink = new ScriptedSink();
    const harness = await OperatorHarness.open<string>(into(sink), { commitRetries: 2 });
    sink.failures = [new Error('busy'), new Error('busy')];
    harness.record('a');
    await harness.snapshot();
    harness.record('b');
    await harness.snapshot();
    await harness.completeCheckpoint();
    expect(sink.take()).toMatchInlineSnapshot(`
"recover 0: 
prepare 1/0: a
prepare 2/0: b
fail 1(a)
fail 1(a)
commit 1(a)
commit 2(b)"
`);
    expect(harness.pendingTimers).toBe(0);
  });

  it('given a commit that keeps failing / then the task fails by code; an error that says never is not tried again', async () => {
    const sink = new ScriptedSink();
    const harness = await OperatorHarness.open<string>(into(sink), { commitRetries: 1 });
    harness.record('a');
    await harness.snapshot();
    sink.failures = [new Error('busy'), new Error('busy')];
    await expect(harness.completeCheckpoint()).rejects.toMatchObject({ code: 'WEIR_COMMIT_FAILED' });
    const other = new ScriptedSink();
    const second = await OperatorHarness.open<string>(into(other), { commitRetries: 5 });
    second.record('a');
    await second.snapshot();
    other.failures = [never];
    await expect(second.completeCheckpoint()).rejects.toBe(never);
    expect(other.take()).toContain('fail 1(a)');
  });

  it('given committables that were not committed / when the job is restored at another parallelism / then every subtask knows all of them', async () => {
    const sink = new ScriptedSink();
    const harness = await OperatorHarness.open<string>(into(sink));
    harness.record('a');
    await harness.snapshot();
    harness.record('b');
    const snapshot = await harness.snapshot();
    sink.take();
    const restored = await harness.restored(snapshot, 2);
    await restored.snapshot();
    expect(sink.take()).toMatchInlineSnapshot(`
"recover 0: 1(a) 2(b)
recover 1: 1(a) 2(b)
prepare 3/0: 
prepare 3/1: "
`);
  });

  it('given a commit that waits for its next try / when the task is closed / then it is not tried again and no timer is left', async () => {
    const sink = new ScriptedSink();
    const harness = await OperatorHarness.open<string>(into(sink), { commitRetries: 5 });
    harness.record('a');
    await harness.snapshot();
    sink.failures = [new Error('busy')];
    const committing = harness.completeCheckpoint();
    await harness.close();
    await committing;
    expect(harness.pendingTimers).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { StandardInputSource, textLines } from '@weir/connector-file';
import { MemoryFileStore } from '@weir/ports';
import { SourceHarness } from '@weir/testing/connectors';

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
}

describe('a standard input source', () => {
  it('reads the lines of a stream in one of several readers, wherever chunks are cut', async () => {
    const source = new StandardInputSource(textLines(), chunks('to be', ' or\nnot', '', '\n\nto be'));
    const harness = new SourceHarness(source, { files: new MemoryFileStore(), parallelism: 3 });
    expect((await harness.drain(1)).map(({ value }) => value)).toEqual(['to be or', 'not', '', 'to be']);
  });

  it('ends at once for an empty stream', async () => {
    const harness = new SourceHarness(new StandardInputSource(textLines(), chunks()), { files: new MemoryFileStore() });
    expect(await harness.drain()).toEqual([]);
  });

  it('refuses to go on from a checkpoint, and to start again once something was read', async () => {
    const files = new MemoryFileStore();
    const source = new StandardInputSource(textLines(), chunks('a\nb\n'));
    const first = new SourceHarness(source, { files });
    await first.take();
    const restored = new StandardInputSource(textLines(), chunks('a\nb\n'));
    await expect(new SourceHarness(restored, { files }, first.snapshot()).drain()).rejects.toMatchObject({
      code: 'WEIR_SOURCE_NOT_REPLAYABLE',
    });
    await expect(new SourceHarness(source, { files }).drain()).rejects.toMatchObject({ code: 'WEIR_SOURCE_NOT_REPLAYABLE' });
  });
});

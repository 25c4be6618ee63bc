import { describe, expect, it } from '@jest/globals';
import { fc } from '@fast-check/jest';
import { LineParser, type MalformedRecord, type RecordFormat, RecordRejection } from '@weir/connector';
import { FileSource, textLines } from '@weir/connector-file';
import { OutputTag } from '@weir/functions';
import { MemoryFileStore } from '@weir/ports';
import { SourceHarness } from '@weir/testing/connectors';

const utf8 = new TextEncoder();

async function storeWith(contents: Readonly<Record<string, string | Uint8Array>>): Promise<MemoryFileStore> {
  const files = new MemoryFileStore();
  for (const [path, content] of Object.entries(contents)) {
    await files.makeDirectory(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
    const writer = await files.create(path);
    await writer.write(typeof content === 'string' ? utf8.encode(content) : content);
    await writer.close();
  }
  return files;
}

/** Numbers, one a line; `x` in a line makes it malformed, a negative number has not the right shape. */
function numbers(): RecordFormat<number> {
  class NumberParser extends LineParser<number> {
    protected override parseLine(line: string): number | undefined {
      if (line === '') return undefined;
      if (line.includes('x')) throw new RecordRejection('malformed', 'not a number', line.indexOf('x'));
      if (line.startsWith('-')) throw new RecordRejection('shape', 'expected a number from 0');
      return Number(line);
    }
  }
  return {
    ...textLines(),
    outputType: undefined,
    name: 'numbers',
    createParser: () => new NumberParser(),
    createEncoder: () => ({ header: '', encode: (n) => `${n}\n` }),
  } as RecordFormat<number>;
}

const line = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '水', '😀', '"'), maxLength: 12 }), fc.constant(''));
const text = fc
  .record({
    lines: fc.array(line, { maxLength: 12 }),
    breaks: fc.array(fc.constantFrom('\n', '\r\n'), { minLength: 12, maxLength: 12 }),
    lastBreak: fc.boolean(),
  })
  .map(({ lines, breaks, lastBreak }) => {
    // An unfinished empty last line is no line.
    const kept = lastBreak ? lines : lines.slice(0, lines.findLastIndex((it) => it !== '') + 1);
    return { lines: kept, content: kept.map((it, i) => it + (i < kept.length - 1 || lastBreak ? breaks[i] : '')).join('') };
  });

describe('a text source', () => {
  it('given any text and any split size, when all splits are read by several readers, then every line comes exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async ({ lines, content }, splitBytes, parallelism) => {
          const files = await storeWith({ 'in/a.txt': content });
          const source = FileSource.forRecordFormat(textLines(), 'in').withSplitBytes(splitBytes).build();
          const harness = new SourceHarness(source, { files, parallelism });
          const taken = await harness.drain(2);
          expect(taken.map(({ value }) => value).sort()).toEqual([...lines].sort());
          if (parallelism === 1) expect(taken.map(({ value }) => value)).toEqual(lines);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('given a snapshot behind any record, when a new run is restored from it, then it reads exactly the rest', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 2 }),
        async ({ lines, content }, splitBytes, parallelism) => {
          const files = await storeWith({ 'in/a.txt': content, 'in/b.txt': content });
          const source = FileSource.forRecordFormat(textLines(), 'in/*.txt').withSplitBytes(splitBytes).build();
          for (let before = 0; before <= lines.length * 2; before++) {
            const first = new SourceHarness(source, { files, parallelism });
            const taken: string[] = [];
            for (let i = 0, idle = 0; taken.length < before && idle < parallelism; i++) {
              const record = await first.take(i % parallelism);
              if (record === undefined) idle++;
              else taken.push(record.value);
            }
            const rest = await new SourceHarness(source, { files, parallelism }, first.snapshot()).drain(3);
            expect([...taken, ...rest.map(({ value }) => value)].sort()).toEqual([...lines, ...lines].sort());
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hands out splits in the order of paths and places, reports the finished ones, and asks for one split ahead only', async () => {
    const files = await storeWith({ 'in/b.txt': 'b1\nb2\n', 'in/a.txt': 'a1\na2\na3\n', 'in/sub/c.txt': 'c1\n' });
    const harness = new SourceHarness(FileSource.forRecordFormat(textLines(), 'in').withSplitBytes(3).build(), { files });
    expect((await harness.take())?.value).toBe('a1');
    expect(harness.assigned.map(({ split }) => split.splitId)).toEqual(['in/a.txt@0', 'in/a.txt@3']);
    expect((await harness.drain()).map(({ value }) => value)).toEqual(['a2', 'a3', 'b1', 'b2', 'c1']);
    expect(harness.takeFinishedSplits()).toEqual(['in/a.txt@0', 'in/a.txt@3', 'in/a.txt@6', 'in/b.txt@0', 'in/b.txt@3', 'in/sub/c.txt@0']);
  });

  it('reads lines longer than a chunk and skips a byte order mark', async () => {
    const long = 'é'.repeat(700_000);
    const files = await storeWith({ 'a.txt': `\ufeff${long}\nshort\n${long}` });
    const harness = new SourceHarness(FileSource.forRecordFormat(textLines(), 'a.txt').withSplitBytes(1000).build(), { files });
    const values = (await harness.drain()).map(({ value }) => value);
    expect(values.map((value) => value.length)).toEqual([700_000, 5, 700_000]);
    expect(values[0] === long && values[2] === long).toBe(true);
  });

  it('gives splits back to whoever asks next, earliest first', async () => {
    const files = await storeWith({ 'a.txt': '1\n2\n3\n4\n' });
    const harness = new SourceHarness(FileSource.forRecordFormat(textLines(), 'a.txt').withSplitBytes(2).build(), { files });
    await harness.take();
    const before = harness.snapshot();
    const [first, second] = harness.assigned.map(({ split }) => split);
    const again = new SourceHarness(
      FileSource.forRecordFormat(textLines(), 'a.txt').build(),
      { files },
      {
        ...before,
        readers: [],
        enumerator: {
          ...before.enumerator,
          pending: [...before.enumerator.pending, second, first].sort((a, b) => (a.splitId < b.splitId ? -1 : 1)),
        },
      },
    );
    expect((await again.drain()).map(({ value }) => value)).toEqual(['1', '2', '3', '4']);
  });
});

describe('what a source reads', () => {
  const paths = async (...patterns: string[]): Promise<string[]> => {
    const files = await storeWith({
      'in/a.txt': 'in/a.txt',
      'in/b.csv': 'in/b.csv',
      'in/_tmp.txt': 'no',
      'in/.hidden': 'no',
      'in/x/c.txt': 'in/x/c.txt',
      'in/x/y/d1.txt': 'in/x/y/d1.txt',
      'in/_x/e.txt': 'no',
      'in/empty.txt': '',
    });
    return (await new SourceHarness(FileSource.forRecordFormat(textLines(), ...patterns).build(), { files }).drain()).map(
      ({ value }) => value,
    );
  };
  it.each([
    [['in'], ['in/a.txt', 'in/b.csv', 'in/x/c.txt', 'in/x/y/d1.txt']],
    [['in/*.txt'], ['in/a.txt']],
    [['in/**/*.txt'], ['in/a.txt', 'in/x/c.txt', 'in/x/y/d1.txt']],
    [['in/?.{txt,csv}'], ['in/a.txt', 'in/b.csv']],
    [['in/**/d[0-9].txt'], ['in/x/y/d1.txt']],
    [
      ['./in/x/*.txt', 'in/_tmp.txt'],
      ['./in/x/c.txt', 'no'],
    ],
    [
      ['in/x', 'in/x/c.txt'],
      ['in/x/c.txt', 'in/x/y/d1.txt'],
    ],
  ])('%j', async (patterns, expected) => {
    expect(await paths(...patterns)).toEqual(expected.map((path) => path.replace('./', '')));
  });

  it('fails with the path when nothing is there, and with the pattern when nothing matches', async () => {
    await expect(paths('absent')).rejects.toMatchObject({ code: 'WEIR_FILE_NOT_FOUND', message: 'input absent: nothing is there' });
    await expect(paths('in/*.json')).rejects.toMatchObject({ code: 'WEIR_SOURCE_NO_FILES', message: 'no files in in/*.json' });
    expect(() => FileSource.forRecordFormat(textLines()).build()).toThrow(expect.objectContaining({ code: 'WEIR_SOURCE_INVALID' }));
  });

  it('fails when a file became shorter than it was planned', async () => {
    const files = await storeWith({ 'a.txt': '1\n2\n3\n' });
    const source = FileSource.forRecordFormat(textLines(), 'a.txt').build();
    const first = new SourceHarness(source, { files });
    await first.take();
    const state = first.snapshot();
    const cut = await storeWith({ 'a.txt': '1\n' });
    await expect(new SourceHarness(source, { files: cut }, state).drain()).rejects.toMatchObject({ code: 'WEIR_FILE_CHANGED' });
  });
});

describe('a watching source', () => {
  it('given new files between looks, when it looks again, then it reads each path once, also after a restore', async () => {
    const files = await storeWith({ 'in/a.txt': 'a\n' });
    const source = FileSource.forRecordFormat(textLines(), 'in', 'later').monitorContinuously(1000).build();
    expect(source.boundedness).toBe('continuous');
    const first = new SourceHarness(source, { files, parallelism: 2 });
    expect((await first.takeAvailable()).map(({ value }) => value)).toEqual(['a']);
    const writer = await files.create('in/b.txt');
    await writer.write(utf8.encode('b1\nb2\n'));
    await first.lookAgain();
    expect((await first.takeAvailable()).map(({ value }) => value)).toEqual(['b1', 'b2']);
    await first.lookAgain();
    expect(await first.takeAvailable()).toEqual([]);

    await files.makeDirectory('later');
    await (await files.create('later/c.txt')).write(utf8.encode('c'));
    const second = new SourceHarness(source, { files, parallelism: 2 }, first.snapshot());
    expect((await second.takeAvailable()).map(({ value }) => value)).toEqual(['c']);
  });
});

describe('records that cannot be read', () => {
  const content = '1\n2x3\n\n-4\n5\n';
  it('fail with place, excerpt and caret, behind the records before them', async () => {
    const files = await storeWith({ 'a.txt': content });
    const harness = new SourceHarness(FileSource.forRecordFormat(numbers(), 'a.txt').build(), { files });
    expect((await harness.take())?.value).toBe(1);
    await expect(harness.take()).rejects.toMatchObject({
      code: 'WEIR_RECORD_MALFORMED',
      message: 'a.txt:2 (byte 2): not a number\n  2x3\n   ^',
      hint: expect.stringContaining(".onMalformed('skip')") as unknown,
      details: { path: 'a.txt', offset: 2, line: 2 },
    });
  });

  it('fail for their shape under another code', async () => {
    const files = await storeWith({ 'a.txt': '-4\n' });
    await expect(new SourceHarness(FileSource.forRecordFormat(numbers(), 'a.txt').build(), { files }).drain()).rejects.toMatchObject({
      code: 'WEIR_RECORD_SHAPE',
      details: { line: 1, offset: 0 },
    });
  });

  it('are counted when skipped', async () => {
    const files = await storeWith({ 'a.txt': content });
    const harness = new SourceHarness(FileSource.forRecordFormat(numbers(), 'a.txt').onMalformed('skip').build(), { files });
    expect((await harness.drain()).map(({ value }) => value)).toEqual([1, 5]);
    expect(harness.skippedRecords.count).toBe(2);
  });

  it('go to a side output in their place, and positions stay exact around them', async () => {
    const files = await storeWith({ 'a.txt': content });
    const tag = new OutputTag<MalformedRecord>('bad');
    const source = FileSource.forRecordFormat(numbers(), 'a.txt').onMalformed(tag).build();
    const all = await new SourceHarness(source, { files }).drain();
    expect(all.map(({ value, side }) => (side === undefined ? value : [side, value]))).toEqual([
      1,
      ['bad', { path: 'a.txt', offset: 2, line: 2, text: '2x3', code: 'WEIR_RECORD_MALFORMED', error: 'not a number' }],
      ['bad', { path: 'a.txt', offset: 7, line: 4, text: '-4', code: 'WEIR_RECORD_SHAPE', error: 'expected a number from 0' }],
      5,
    ]);
    for (let before = 0; before <= all.length; before++) {
      const first = new SourceHarness(source, { files });
      for (let i = 0; i < before; i++) await first.take();
      expect(await new SourceHarness(source, { files }, first.snapshot()).drain()).toEqual(all.slice(before));
    }
  });

  it('are lines that are not UTF-8', async () => {
    const files = await storeWith({ 'a.txt': new Uint8Array([0xc3, 0xa9, 10, 0xff, 10, 0x61, 10, 0xc3]) });
    const harness = new SourceHarness(
      FileSource.forRecordFormat(textLines(), 'a.txt').onMalformed(new OutputTag<MalformedRecord>('bad')).build(),
      { files },
    );
    expect(
      (await harness.drain()).map(({ value, side }) => (side === undefined ? value : (value as unknown as MalformedRecord).offset)),
    ).toEqual(['é', 3, 'a', 7]);
  });
});

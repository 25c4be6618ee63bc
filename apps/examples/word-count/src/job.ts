/**
 * Word count: how often each word has come so far, one line per word as it comes.
 *
 *   weir run apps/examples/word-count/src/job.ts [-- --input FILE]
 *   tail -f app.log | weir run apps/examples/word-count/src/job.ts -- --input -
 */
import { fileURLToPath } from 'node:url';
import { FileSource, StandardInputSource, textLines } from '@weir/connector-file';
import { defineJob, param, WatermarkStrategy, type Collector } from '@weir/datastream';

const params = {
  input: param.string({ default: fileURLToPath(new URL('../sample.txt', import.meta.url)), description: 'text file, or - for standard input' }),
};

export default defineJob('word count', { params }, (env, { input }) => {
  const noEventTime = WatermarkStrategy.noWatermarks<string>();
  const lines = input === '-'
    ? env.fromSource(new StandardInputSource(textLines(), process.stdin), noEventTime, 'standard input').uid('lines')
    : env.fromSource(FileSource.forRecordFormat(textLines(), input).build(), noEventTime, input).uid('lines');

  lines
    .flatMap(words).name('words')
    .keyBy((word) => word)
    .count().name('count').uid('count')
    .map(({ key, value }) => `${key} ${value}`)
    .print().uid('print');
});

/** The words of a line in lower case. */
export function words(line: string, out: Collector<string>): void {
  for (const [word] of line.toLowerCase().matchAll(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu)) out.collect(word);
}

/** Input that cannot be read: a coded error with the place and what to do, the exit code, and nothing half-written. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, filesBelow, uncommittedFiles } from './support/output.js';
import { failureIn, flightsFile, jsonEvents, mainJob, runWeir, runWeirWell } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

const workspace = new Workspace();
afterAll(() => workspace.remove());

const FIRST_OF_2001 = Date.UTC(2001, 0, 1);
/** A flight every ten minutes. */
const LINES = Array.from({ length: 100 }, (_, i) => JSON.stringify({ date: FIRST_OF_2001 + i * 600_000, delay: i, origin: 'AAA' }));
const BAD_AT = 49;
const BAD_LINE = BAD_AT + 1;
const BAD_OFFSET = LINES.slice(0, BAD_AT).join('\n').length + 1;

const withLine = (line: string): string => `${[...LINES.slice(0, BAD_AT), line, ...LINES.slice(BAD_AT)].join('\n')}\n`;

beforeAll(async () => {
  writeFileSync(workspace.file('good.jsonl'), `${LINES.join('\n')}\n`);
  writeFileSync(workspace.file('malformed.jsonl'), withLine('{"date":978307200000,"delay":5,"origin":"AAA"'));
  writeFileSync(workspace.file('shape.jsonl'), withLine('{"date":978307200000,"delay":"five","origin":"AAA"}'));
  copyFileSync(flightsFile, workspace.file('truncated.parquet'));
  truncateSync(workspace.file('truncated.parquet'), 5_000_000);
  await writeFlights(flightsFile, workspace.file('without-delay.parquet'), 1000, 'date, origin');
  await writeFlights(flightsFile, workspace.file('text-delay.parquet'), 1000, "date, 'late' AS delay, origin");
});

describe.each([
  { what: 'a missing file', job: mainJob, input: 'nowhere.parquet', code: 'WEIR_FILE_NOT_FOUND', place: 'nowhere.parquet' },
  { what: 'a truncated Parquet file', job: mainJob, input: 'truncated.parquet', code: 'WEIR_PARQUET_DAMAGED', place: 'truncated.parquet (5000000 bytes)' },
  { what: 'Parquet without a column', job: mainJob, input: 'without-delay.parquet', code: 'WEIR_PARQUET_COLUMN_MISSING', place: 'no column delay' },
  { what: 'Parquet with a column of another type', job: mainJob, input: 'text-delay.parquet', code: 'WEIR_PARQUET_VALUE', place: 'column delay: row 0 of row group 0' },
  { what: 'a line that is no JSON', job: jobModule('hourly-flights'), input: 'malformed.jsonl', code: 'WEIR_RECORD_MALFORMED', place: `malformed.jsonl:${BAD_LINE} (byte ${BAD_OFFSET})` },
  { what: 'a record of another shape', job: jobModule('hourly-flights'), input: 'shape.jsonl', code: 'WEIR_RECORD_SHAPE', place: `shape.jsonl:${BAD_LINE} (byte ${BAD_OFFSET}): field delay` },
])('given $what', ({ job, input, code, place }) => {
  it(`when a job reads it / then it fails with ${code}, the place and a hint, exit code 1, and no output`, async () => {
    const output = `out-${code}`;
    const outcome = await runWeir(workspace.path, ['run', job, '--json', '--', '--input', input, '--output', output]);
    const failure = failureIn(outcome.out);
    expect({ exit: outcome.code, code: failure?.code }).toEqual({ exit: 1, code });
    expect(failure?.message).toContain(place);
    expect(failure?.hint).toMatch(/^[A-Z].*\.$/);
    expect(filesBelow(workspace.file(output))).toEqual([]);
  });
});

describe('given a line that is no JSON and a policy that goes on', () => {
  const reference = async (): Promise<string[]> => {
    await runWeirWell(workspace.path, ['run', jobModule('hourly-flights'), '--json', '--', '--input', 'good.jsonl', '--output', 'good']);
    return committedLines(workspace.file('good'));
  };

  it('when it is skipped / then it is counted, and the output is that of the other lines', async () => {
    const { out } = await runWeirWell(workspace.path, [
      'run', jobModule('hourly-flights'), '--json', '--', '--input', 'malformed.jsonl', '--output', 'skipped', '--malformed', 'skip',
    ]);
    expect(jsonEvents(out).find((event) => event.type === 'result')).toMatchObject({ state: 'finished', records: LINES.length, skippedRecords: 1 });
    expect(committedLines(workspace.file('skipped'))).toEqual(await reference());
  });

  it('when it goes to a side output / then it is there with its place and its text, and the output is that of the other lines', async () => {
    await runWeirWell(workspace.path, ['run', jobModule('dead-letters'), '--json', '--', '--input', 'malformed.jsonl', '--output', 'letters']);
    const dead = committedLines(workspace.file('letters', 'dead')).map((line) => JSON.parse(line) as unknown);
    expect(dead).toEqual([expect.objectContaining({
      path: 'malformed.jsonl', offset: BAD_OFFSET, line: BAD_LINE, code: 'WEIR_RECORD_MALFORMED', text: readFileSync(workspace.file('malformed.jsonl'), 'utf8').split('\n')[BAD_AT],
    })]);
    expect(committedLines(workspace.file('letters', 'hours'))).toEqual(await reference());
    expect(uncommittedFiles(workspace.file('letters'))).toEqual([]);
  });
});

describe('given a mistake on the command line', () => {
  it.each([
    [['--parallelsim', '2'], 'WEIR_CLI_USAGE', '--parallelsim', 'Did you mean --parallelism?'],
    [['-D', 'parallelism.defualt=2'], 'WEIR_CONFIG_INVALID', 'parallelism.defualt', 'Did you mean parallelism.default?'],
    [['--', '--inptu', 'x'], 'WEIR_JOB_PARAMETER_INVALID', 'inptu', 'Did you mean --input?'],
  ])('when it is %j / then exit code 2 and the nearest name, and nothing has run', async (args, code, found, hint) => {
    const { code: exit, out, err } = await runWeir(workspace.path, ['run', mainJob, ...args]);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(`error ${code}: `);
    expect(err).toContain(found);
    expect(err).toContain(`hint: ${hint}`);
    expect(workspace.has('out')).toBe(false);
  });
});

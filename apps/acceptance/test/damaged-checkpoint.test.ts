/** One flipped bit in a checkpoint: it is found and named, never taken for state, and nothing is overwritten because of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { completedCheckpoints } from './support/checkpoints.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, digestOf, filesBelow, uncommittedFiles } from './support/output.js';
import { failureIn, flightsFile, mainJob, runWeir, runWeirWell, WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

let workspace: Workspace;
let digest: string;
let process: WeirProcess;
beforeEach(async () => {
  workspace = new Workspace();
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 600_000);
  await runWeirWell(workspace.path, command());
  digest = lineDigest();
  process = new WeirProcess(workspace.path, command());
  expect(await process.until(() => process.out.split('"type":"checkpoint-completed"').length > 3)).toBe(true);
  await process.kill();
});
afterEach(async () => {
  await process.kill();
  workspace.remove();
});

/** State of any size in files of its own. */
function command(...options: string[]): string[] {
  return [
    'run', mainJob, '--json', '-D', 'execution.checkpointing.interval=20ms', '-D', 'execution.checkpointing.data-inline-threshold=0', ...options,
    '--', '--input', 'flights.parquet', '--output', 'result',
  ];
}

const lineDigest = (): string => digestOf(committedLines(workspace.file('result')));

function flipBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 0x10;
  writeFileSync(file, bytes);
}

describe.each([
  ['the metadata', (name: string) => name === '_metadata'],
  ['a state file', (name: string) => name.endsWith('.state')],
])('given one flipped bit in %s of the newest checkpoint', (_, wanted) => {
  it('when it is verified and resumed / then both name it and the output is not touched; mended, --resume completes it exactly', async () => {
    const checkpoints = completedCheckpoints(workspace.file('.weir/checkpoints'));
    const newest = checkpoints[checkpoints.length - 1];
    const file = filesBelow(newest).find((path) => wanted(basename(path)));
    if (file === undefined) throw new Error(`no such file in ${filesBelow(newest).join()}`);
    expect(await runWeir(workspace.path, ['checkpoint', 'verify', newest])).toMatchObject({ code: 0, out: expect.stringContaining('valid') });
    flipBit(file);

    const verified = await runWeir(workspace.path, ['checkpoint', 'verify', newest]);
    expect(verified.code).toBe(1);
    expect(verified.out).toContain('damaged');
    expect(verified.out).toContain(basename(file));
    expect(verified.out).toMatch(/WEIR_CHECKPOINT_[A-Z]+: /);
    expect(verified.out).toMatch(/hint: [A-Z]/);

    const before = filesBelow(workspace.file('result'));
    const refused = await runWeir(workspace.path, command('--resume'));
    expect({ exit: refused.code, failure: failureIn(refused.out) }).toMatchObject({
      exit: 1, failure: { code: expect.stringMatching(/^WEIR_CHECKPOINT_(LOST|DAMAGED)$/), hint: expect.stringMatching(/^[A-Z].*\.$/) },
    });
    expect(failureIn(refused.out)?.message).toContain(basename(newest));
    expect(filesBelow(workspace.file('result'))).toEqual(before);

    flipBit(file);
    await runWeirWell(workspace.path, command('--resume'));
    expect(lineDigest()).toBe(digest);
    expect(uncommittedFiles(workspace.file('result'))).toEqual([]);
  });
});

it('given one flipped bit in an older checkpoint / when it is resumed / then the newest one serves, and the output is exact', async () => {
  const [oldest, ...newer] = completedCheckpoints(workspace.file('.weir/checkpoints'));
  expect(newer.length).toBeGreaterThan(0);
  flipBit(`${oldest}/_metadata`);
  await runWeirWell(workspace.path, command('--resume'));
  expect(lineDigest()).toBe(digest);
});

/** What a run does with what earlier runs of the same job left: output, foreign files, checkpoints. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { completedCheckpoints } from './support/checkpoints.js';
import { writeFlights } from './support/oracle.js';
import { committedFiles, committedLines, digestOf, filesBelow, uncommittedFiles } from './support/output.js';
import { failureIn, flightsFile, mainJob, notesIn, runWeir, runWeirWell, WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

let workspace: Workspace;
const started: WeirProcess[] = [];
beforeEach(async () => {
  workspace = new Workspace();
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 400_000);
});
afterEach(async () => {
  for (const process of started.splice(0)) await process.kill();
  workspace.remove();
});

const OFTEN = ['-D', 'execution.checkpointing.interval=30ms'];
const NEVER = ['-D', 'execution.checkpointing.interval=1h'];

function command(job: string, ...options: string[]): string[] {
  return ['run', job, '--json', ...options, '--', '--input', 'flights.parquet', '--output', 'result'];
}
const run = (...options: string[]) => runWeirWell(workspace.path, command(mainJob, ...options));

function start(job: string, ...options: string[]): WeirProcess {
  const process = new WeirProcess(workspace.path, command(job, ...options));
  started.push(process);
  return process;
}

/** Kills it when so many checkpoints have completed. */
async function killAfterCheckpoints(process: WeirProcess, count: number): Promise<void> {
  expect(await process.until(() => process.out.split('"type":"checkpoint-completed"').length > count)).toBe(true);
  await process.kill();
}

const lineDigest = (): string => digestOf(committedLines(workspace.file('result')));

describe('a second run without --resume', () => {
  it('given files of others in the output / then it says that it replaces its own earlier output, and touches no other file', async () => {
    await run();
    const before = committedFiles(workspace.file('result'));
    const digest = lineDigest();
    const own = before[0];
    const planted = [
      'notes.txt', '.hidden', '_SUCCESS', '.weir', 'part-0.jsonl', '.part-0.jsonl.inprogress', '_part.jsonl', `${basename(own)}.bak`, `copy-of-${basename(own)}`, `.${basename(own)}`,
      // As another job's sink would name them.
      'part-0123456789ab-061474-0-1_0-0.jsonl', '.part-0123456789ab-061474-0-1_0-0.jsonl.inprogress',
      'below/part-0.jsonl', `below/${basename(own)}`,
    ].map((name) => `${dirname(own)}/${name}`);
    for (const path of planted) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${path}\n`);
    }

    const { out } = await run();

    const notes = notesIn(out).join('\n');
    expect(notes).toMatch(/history 2 of this job: it starts from the beginning and replaces the output of earlier runs/);
    expect(notes).toMatch(/replaced 1 file of an earlier run in result\/delays/);
    for (const path of planted) expect(readFileSync(path, 'utf8')).toBe(`${path}\n`);
    const written = filesBelow(workspace.file('result')).filter((path) => !planted.includes(path));
    expect(written.length).toBe(before.length);
    for (const path of written) expect(before).not.toContain(path);
    expect(digestOf(written.flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n')))).toBe(digest);
  });

  it('given an earlier run that was killed / then nothing of it is left, staged files neither', async () => {
    await run();
    const digest = lineDigest();
    const killed = start(mainJob, ...OFTEN);
    expect(await killed.until(() => uncommittedFiles(workspace.file('result')).length > 0)).toBe(true);
    await killed.kill();
    await run();
    expect(lineDigest()).toBe(digest);
    expect(uncommittedFiles(workspace.file('result'))).toEqual([]);
  });
});

describe('--resume', () => {
  it('given a job that has finished / then it says so with exit code 0, and changes nothing', async () => {
    await run();
    const before = filesBelow(workspace.path);
    const { out } = await run('--resume');
    expect(notesIn(out).join()).toMatch(/already|finished already/);
    expect(filesBelow(workspace.path).filter((path) => !/lock-\d+\.json$/.test(path))).toEqual(before.filter((path) => !/lock-\d+\.json$/.test(path)));
  });

  it('given no earlier run / then it says that it starts from the beginning', async () => {
    expect(notesIn((await run('--resume')).out).join()).toContain('no earlier run');
  });

  it('given a run that was killed before its first checkpoint / then it says that it starts from the beginning, and is exact', async () => {
    await run();
    const digest = lineDigest();
    const first = start(mainJob, ...NEVER);
    expect(await first.until(() => first.out.includes('"type":"restored"'))).toBe(true);
    expect(await first.until(() => uncommittedFiles(workspace.file('result')).length > 0)).toBe(true);
    await first.kill();
    const { out } = await run('--resume', ...NEVER);
    expect(notesIn(out).join()).toMatch(/beginning/);
    expect(out).toContain('{"type":"restored"}');
    expect(lineDigest()).toBe(digest);
    expect(uncommittedFiles(workspace.file('result'))).toEqual([]);
  });

  it('given a history without checkpoints after one with them / then it never takes those of the earlier one', async () => {
    await run();
    const digest = lineDigest();
    await killAfterCheckpoints(start(mainJob, ...OFTEN), 2);
    expect(completedCheckpoints(workspace.file('.weir/checkpoints')).length).toBeGreaterThan(0);
    const fresh = start(mainJob, ...NEVER);
    expect(await fresh.until(() => fresh.out.includes('"type":"restored"'))).toBe(true);
    expect(await fresh.until(() => uncommittedFiles(workspace.file('result')).length > 0)).toBe(true);
    await fresh.kill();
    const { out } = await run('--resume', ...OFTEN);
    expect(out).toContain('{"type":"restored"}');
    expect(lineDigest()).toBe(digest);
  });

  it('given a graph that lacks operators of the checkpoint / then it is refused by code and changes nothing; the old graph still goes on', async () => {
    const json = workspace.file('flights.jsonl');
    writeFileSync(json, jsonFlights(400_000));
    const args = ['run', jobModule('hourly-flights'), '--json', ...OFTEN];
    const rest = ['--', '--input', 'flights.jsonl', '--output', 'result'];
    await runWeirWell(workspace.path, [...args, ...rest]);
    const digest = lineDigest();
    const process = new WeirProcess(workspace.path, [...args, ...rest]);
    started.push(process);
    await killAfterCheckpoints(process, 2);
    const before = filesBelow(workspace.file('result'));

    const refused = await runWeir(workspace.path, [...args, '--resume', ...rest], { environment: { WEIR_TEST_CHANGED_GRAPH: '1' } });
    expect({ exit: refused.code, failure: failureIn(refused.out) }).toMatchObject({ exit: 1, failure: { code: 'WEIR_RESTORE_MISMATCH', message: expect.stringContaining('uid hours') } });
    expect(filesBelow(workspace.file('result'))).toEqual(before);

    await runWeirWell(workspace.path, [...args, '--resume', ...rest]);
    expect(lineDigest()).toBe(digest);
  });

  it('given stateful operators without uid / then the run has warned, and the restore is refused by name', async () => {
    const process = start(jobModule('without-uid'), ...OFTEN);
    await killAfterCheckpoints(process, 2);
    const warnings = process.events().filter((event) => event.type === 'note' && event.level === 'warn').map((event) => String(event.text));
    expect(warnings).toEqual([expect.stringMatching(/Window.* no uid/), expect.stringMatching(/KeyedProcess.* no uid/)]);
    const { code, out } = await runWeir(workspace.path, command(jobModule('without-uid'), '--resume', ...OFTEN));
    expect({ code, failure: failureIn(out) }).toMatchObject({ code: 1, failure: { code: 'WEIR_UID_MISSING', message: expect.stringContaining('KeyedProcess') } });
    expect(failureIn(out)?.hint).toMatch(/\.uid\(/);
  });
});

it('given a job that runs / when another process starts it / then that one is refused by code, and the first is not disturbed', async () => {
  await run();
  const digest = lineDigest();
  const first = start(mainJob);
  expect(await first.until(() => first.out.includes('"type":"submitted"'))).toBe(true);
  for (const options of [[], ['--resume']]) {
    const { code, out } = await runWeir(workspace.path, command(mainJob, ...options));
    if (first.hasEnded) break; // too fast for a second look; the first refusal was seen
    expect({ code, failure: failureIn(out) }).toMatchObject({ code: 1, failure: { code: 'WEIR_JOB_ALREADY_RUNNING', message: expect.stringContaining(String(first.pid)) } });
  }
  expect((await first.outcome).code).toBe(0);
  expect(lineDigest()).toBe(digest);
});

function jsonFlights(count: number): string {
  const airports = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'];
  const lines: string[] = [];
  for (let i = 0; i < count; i++) lines.push(`{"date":${Date.UTC(2001, 0, 1) + i * 6000},"delay":${i % 97},"origin":"${airports[i % 5]}"}\n`);
  return lines.join('');
}

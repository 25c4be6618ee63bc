/** The whole CLI as a child process, on small jobs in a directory of their own. Input is paced where a run must still be going. */
import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

jest.setTimeout(60_000);

const weir = fileURLToPath(new URL('../bin/weir.mjs', import.meta.url));
const environment = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-cli-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}
function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [weir, ...args], { cwd: folder, encoding: 'utf8', env: environment });
  return { code: status, out: stdout, err: stderr };
}
function begin(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [weir, ...args], { cwd: folder, env: environment });
  children.push(child);
  return child;
}
const lines = (text: string) => text.trim().split('\n');

const SUM = `
import { defineJob, param } from '@weir/datastream';
const params = { n: param.integer({ default: 4 }) };
export default defineJob('sum', { params, summary: ({ run }) => \`summed \${run.records} numbers\` }, (env, { n }) => {
  env.fromSequence(1, n).uid('numbers').keyBy((x) => x % 2).reduce((a, b) => a + b).uid('sum').print().uid('print');
});
`;
const ENDLESS = `
import { DataGeneratorSource, defineJob, WatermarkStrategy } from '@weir/datastream';
export default defineJob('endless', (env) => {
  env.fromSource(new DataGeneratorSource((i) => i, undefined, { recordsPerSecond: 1000 }), WatermarkStrategy.noWatermarks(), 'numbers').uid('numbers')
    .keyBy((x) => x % 2).count().uid('count')
    .filter((it) => it.value === 1).print().uid('print');
});
`;

describe('weir run', () => {
  it('in a pipe / prints data to stdout, and plain lines on what it does to stderr', () => {
    write('job.ts', SUM);
    const { code, out, err } = run('run', 'job.ts');
    expect(code).toBe(0);
    expect(lines(out)).toEqual(['1', '2', '4', '6', 'summed 4 numbers']);
    expect(err).toMatch(/^sum started \(job [0-9a-f]{32}\)\nstarted from the beginning\n/);
    expect(err).toMatch(/sum {2}finished after .*\n {2}records {6}4 \(.*\/s\)\n {2}checkpoints {2}\d+\n {2}restarts {5}0\n$/);
    expect(err).not.toContain('\u001b');
  });

  it.each([[[]], [['--threads', 'off']]])('at parallelism 2 with %j / prints the same data, from threads of their own or from one', (options) => {
    write('job.ts', SUM.replace('.print()', ".map((sum) => ({ sum, own: !isMainThread })).print()").replace("import", "import { isMainThread } from 'node:worker_threads';\nimport"));
    const { code, out } = run('run', 'job.ts', '-p', '2', ...options, '--', '--n', '400');
    expect(code).toBe(0);
    const records = lines(out).slice(0, -1).map((line) => JSON.parse(line.replace(/^\d> /, '')) as { sum: number; own: boolean });
    expect(Math.max(...records.map(({ sum }) => sum))).toBe(40_200); // the even ones of 1 to 400
    expect(records).toHaveLength(400);
    expect(new Set(records.map(({ own }) => own))).toEqual(new Set([options.length === 0 && availableParallelism() > 1]));
  });

  it('with --json / prints one object per line, the result last but for the summary', () => {
    write('job.ts', SUM.replace('.print()', ".filter(() => false).print()"));
    const { code, out, err } = run('run', 'job.ts', '--json', '--', '--n', '7');
    expect(code).toBe(0);
    expect(err).toBe('');
    const objects = lines(out).map((line) => JSON.parse(line) as { type: string });
    expect(objects[0]).toMatchObject({ type: 'submitted', jobName: 'sum' });
    expect(objects.map((it) => it.type)).toEqual(expect.arrayContaining(['restored', 'state', 'checkpoint-completed']));
    expect(objects.at(-2)).toMatchObject({ type: 'result', state: 'finished', records: 7, restarts: 0 });
    expect(objects.at(-1)).toEqual({ type: 'summary', text: 'summed 7 numbers' });
  });

  it('a second time / says that it replaces earlier output; with --resume / that it finished already', () => {
    write('job.ts', SUM);
    run('run', 'job.ts');
    expect(run('run', 'job.ts', '--resume')).toMatchObject({ code: 0, out: '', err: 'note: this job finished already (history 1); run it without --resume to run it anew\n' });
    expect(run('run', 'job.ts').err).toContain('note: history 2 of this job: it starts from the beginning and replaces the output of earlier runs\n');
    expect(run('run', 'job.ts', '--resume', '--', '--n', '5').err).toContain('note: there is no earlier run to resume: the job starts from the beginning\n');
  });

  it('given a function that throws / then it fails with the user\'s line in TypeScript, exit code 1', () => {
    write('words.ts', "export interface Word {\n  text: string;\n}\n\nexport function lengthOf(word: Word): number {\n  return word.text.length;\n}\n");
    write('job.ts', `import { defineJob } from '@weir/datastream';\nimport { lengthOf, type Word } from './words';\n
export default defineJob('words', (env) => {
  env.fromElements<Word>({ text: 'a' }, {} as Word).uid('words').map((it) => lengthOf(it)).print().uid('print');
});\n`);
    const { code, err } = run('run', 'job.ts', '-D', 'restart-strategy.type=none');
    expect(code).toBe(1);
    expect(err).toMatch(/error WEIR_[A-Z_]+: /);
    expect(err).toContain('words.ts:6:');
    expect(err).toContain('job.ts:5:');
    expect(err).toContain("Cannot read properties of undefined (reading 'length')");
    expect(err).not.toMatch(/dist\/bundle|\.weir\/artifacts/);
  });

  it('given Ctrl-C / then the job is cancelled with exit code 130, and --resume goes on from its checkpoint', async () => {
    write('job.ts', ENDLESS);
    const interrupt = async (...args: string[]): Promise<{ code: number; err: string }> => {
      const child = begin('run', 'job.ts', '-D', 'execution.checkpointing.interval=100ms', ...args);
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
        if (/checkpoint \d+ completed/.test(err)) child.kill('SIGINT');
      });
      const [code] = (await once(child, 'exit')) as [number];
      return { code, err };
    };
    const first = await interrupt();
    expect(first).toMatchObject({ code: 130, err: expect.stringContaining('cancelling the job') });
    const second = await interrupt('--resume');
    expect(second.err).toMatch(/note: history 1 goes on from its last completed checkpoint\n/);
    expect(second.err).toMatch(/restored from checkpoint \d+\n/);
    expect(second.code).toBe(130);
  });

  it('given a run that was killed / then its lock does not block; while it lives, a second run is refused', async () => {
    write('job.ts', ENDLESS);
    const child = begin('run', 'job.ts');
    await once(child.stdout, 'data');
    expect(run('run', 'job.ts')).toMatchObject({ code: 1, err: expect.stringContaining('error WEIR_JOB_ALREADY_RUNNING: ') });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = begin('run', 'job.ts', '--resume');
    await once(again.stdout, 'data');
    again.kill('SIGTERM');
    expect(await once(again, 'exit')).toEqual([130, null]);
  });
});

describe('what is wrong before a run', () => {
  it.each([
    [['run', 'jbo.ts'], 'error WEIR_JOB_MODULE_NOT_FOUND: there is no job module at jbo.ts\nhint: Did you mean job.ts?\n'],
    [['run', 'bad.ts'], 'error WEIR_JOB_MODULE_INVALID: bad.ts:2:13 unexpected ";"\n  2 | const two = ;\n                  ^\nhint: Correct the source and run again.\n'],
    [['run', 'none.ts'], "error WEIR_JOB_MODULE_NO_JOB: none.ts:2 exports by default an object and no job\nhint: Write `export default defineJob('name', (env, params) => { … })` with defineJob from @weir/datastream.\n"],
    [['run', 'job.ts', '-D', 'execution.checkpointing.intervall=1s'], 'error WEIR_CONFIG_INVALID: unknown configuration key execution.checkpointing.intervall\nhint: Did you mean execution.checkpointing.interval?\n'],
    [['run', 'job.ts', '--', '--m', '1'], 'error WEIR_JOB_PARAMETER_INVALID: unknown job parameter m\nhint: Did you mean --n?\n'],
    [['run', '.'], 'error WEIR_JOB_MODULE_NOT_FOUND: . is a directory and no job module\nhint: Did you mean job.ts?\n'],
    [['run', 'import.ts'], 'error WEIR_JOB_MODULE_INVALID: @weir/datastrem is no package of this version of Weir\nhint: Did you mean @weir/datastream?\n'],
    [['run', 'build.ts'], 'error WEIR_JOB_BUILD_FAILED: job "sum" could not be built: ReferenceError: nope is not defined\n  at Object.build (build.ts:3:20)\nhint: Correct the function given to defineJob; it runs at each start, before any record.\n'],
    [['run', 'job.ts', '--n', '3'], "error WEIR_CLI_USAGE: unknown option '--n'\nhint: Run weir run --help to see what it takes; parameters of the job itself follow behind --.\n"],
    [['rnu', 'job.ts'], "error WEIR_CLI_USAGE: unknown command 'rnu'\nhint: Did you mean run?\n"],
  ])('weir %j: exit code 2', (args, err) => {
    write('job.ts', SUM);
    write('bad.ts', 'const one = 1;\nconst two = ;\n');
    write('import.ts', "import { defineJob } from '@weir/datastrem';\nexport default defineJob('sum', () => undefined);\n");
    write('build.ts', "import { defineJob } from '@weir/datastream';\nexport default defineJob('sum', (env) => {\n  env.fromElements(nope).print();\n});\n");
    write('none.ts', 'const x = {};\nexport default x;\n');
    expect(run(...args)).toEqual({ code: 2, out: '', err });
    expect(existsSync(join(folder, '.weir/checkpoints'))).toBe(false);
  });

  it('a module that throws while it is loaded shows where', () => {
    write('job.ts', "interface A {\n  b: string;\n}\nthrow new Error('no settings');\n");
    const { code, err } = run('run', 'job.ts');
    expect(code).toBe(2);
    expect(err).toContain('error WEIR_JOB_MODULE_FAILED: job.ts failed while it was loaded: no settings\n  at job.ts:4:7\n');
  });
});

describe('a summary', () => {
  it('given files of a run that this one does not know of / counts its own and says so', () => {
    write('job.ts', `
import { FileSink } from '@weir/connector-file';
import { defineJob } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
const summary = async ({ readLines }) => {
  let lines = 0;
  for await (const _ of readLines('out')) lines++;
  return lines + ' lines';
};
export default defineJob('lines', { params: {}, summary }, (env) => {
  env.fromSequence(1, 10).uid('numbers').sinkTo(FileSink.forRowFormat('out', jsonLines()).build()).uid('out');
});
`);
    const [first, second] = ['a', 'b'].map((directory) => run('run', 'job.ts', '-D', `execution.checkpointing.dir=${directory}`));
    expect(first).toMatchObject({ code: 0, out: '10 lines\n', err: expect.not.stringContaining('other runs left there') });
    expect(second).toMatchObject({ code: 0, out: '10 lines\n', err: expect.stringMatching(/warning: files in out that other runs left there: \d+; /) });
  });
});

describe('weir plan and weir checkpoint', () => {
  it('show the graph without running, and what a run left', () => {
    write('job.ts', SUM);
    expect(run('plan', 'job.ts')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Keyed Reduce #sum') });
    expect(JSON.parse(run('plan', 'job.ts', '--json').out)).toMatchObject({ name: 'sum', artifactHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(readdirSync(join(folder, '.weir'))).toEqual(['artifacts']);
    run('run', 'job.ts');
    const [checkpoint] = lines(run('checkpoint', 'ls', '.weir', '--json').out).map((line) => JSON.parse(line) as { path: string });
    expect(checkpoint).toMatchObject({ status: 'complete', jobName: 'sum', isFinal: true });
    expect(run('checkpoint', 'ls', '.').out).toMatch(/^job +checkpoint +status .*\nsum +1 +complete, final /);
    expect(run('checkpoint', 'show', checkpoint.path).out).toMatch(/^checkpoint 1 of sum \(final/);
    expect(run('checkpoint', 'verify', checkpoint.path)).toMatchObject({ code: 0, out: expect.stringContaining('  valid  ') });
    writeFileSync(join(checkpoint.path, '_metadata'), 'x', { flag: 'r+' });
    expect(run('checkpoint', 'verify', '.')).toMatchObject({ code: 1, out: expect.stringContaining('  damaged  ') });
    expect(run('checkpoint', 'ls', 'nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('error WEIR_CHECKPOINT_NOT_FOUND: nowhere is no checkpoint: nothing is there\n') });
    expect(run('checkpoint', 'show', '.').err).toContain('error WEIR_CHECKPOINT_NOT_FOUND: . is no checkpoint: it is a directory above 1 checkpoint\n');
    expect(run('checkpoint', 'verify', 'job.ts').err).toContain('error WEIR_CHECKPOINT_NOT_FOUND: job.ts is no checkpoint: it is another file\n');
  });
});

describe('a plain script', () => {
  it('runs a job through its environment with nothing else imported', () => {
    write('script.ts', `import { defineJob, StreamExecutionEnvironment } from '@weir/datastream';
const env = StreamExecutionEnvironment.getExecutionEnvironment();
console.log(JSON.stringify(await env.fromElements(1, 2, 3).map((x) => x * x).executeAndCollect()));
export default defineJob('nothing', () => undefined);
`);
    expect(run('plan', 'script.ts').out).toMatch(/^\[1,4,9\]\n/);
    expect(existsSync(join(folder, '.weir/checkpoints'))).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '../src/command-line.js';

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '), '1.2.3');
const refusal = (line: string): { code: string; message: string; hint: string } => {
  try {
    parse(line);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, message, hint };
  }
  throw new Error(`weir ${line} was accepted`);
};

const EMBEDDED = { target: undefined, detached: false, fromSavepoint: undefined, allowNonRestoredState: false, threads: undefined };

describe('weir run', () => {
  it('takes module, parallelism, definitions, flags, and hands on what is behind --', () => {
    expect(parse('run job.ts -p 3 -D a.b=1 -Dc.d=x=y --define e=2 --resume --json -- --input -p --json')).toEqual({
      command: 'run', module: 'job.ts', parallelism: 3, definitions: { 'a.b': '1', 'c.d': 'x=y', e: '2' }, configFile: undefined, resume: true, json: true,
      jobArguments: ['--input', '-p', '--json'], ...EMBEDDED,
    });
  });

  it('has defaults for everything but the module', () => {
    expect(parse('run job.ts')).toEqual({
      command: 'run', module: 'job.ts', parallelism: undefined, definitions: {}, configFile: undefined, resume: false, json: false, jobArguments: [], ...EMBEDDED,
    });
    expect(refusal('run')).toMatchInlineSnapshot(`
      {
        "code": "WEIR_CLI_USAGE",
        "hint": "Run weir run --help to see what it takes.",
        "message": "missing required argument 'module'",
      }
    `);
  });

  it('refuses a parallelism or a definition that is none', () => {
    for (const bad of ['0', '-1', 'two', '1.5']) expect(refusal(`run job.ts -p ${bad}`).message).toContain('expected a whole number from 1');
    expect(refusal('run job.ts -D novalue').message).toContain('expected key=value');
    expect(refusal('run job.ts -D =x').message).toContain('expected key=value');
  });

  it('takes a cluster, a savepoint, and whether to wait', () => {
    expect(parse('run job.ts --target http://a:1 -d -s sp/1 --allow-non-restored-state --config weir.yaml --threads on')).toMatchObject({
      target: 'http://a:1', detached: true, fromSavepoint: 'sp/1', allowNonRestoredState: true, configFile: 'weir.yaml', threads: 'on',
    });
    expect(refusal('run job.ts --threads 2').message).toContain('expected on or off');
  });

  it('refuses a second module: job parameters stand behind --', () => {
    expect(refusal('run job.ts other.ts')).toMatchObject({ code: 'WEIR_CLI_USAGE' });
  });
});

describe('weir plan and weir checkpoint', () => {
  it('take their arguments', () => {
    expect(parse('plan job.ts --json -- --input x')).toEqual({
      command: 'plan', module: 'job.ts', parallelism: undefined, definitions: {}, configFile: undefined, json: true, jobArguments: ['--input', 'x'],
    });
    expect(parse('checkpoint ls .weir')).toEqual({ command: 'checkpoint ls', path: '.weir', json: false });
    expect(parse('checkpoint show a/chk-1 --json')).toEqual({ command: 'checkpoint show', path: 'a/chk-1', json: true });
    expect(parse('checkpoint verify a/chk-1')).toEqual({ command: 'checkpoint verify', path: 'a/chk-1', json: false });
  });

  it('a checkpoint command takes no job parameters', () => {
    expect(refusal('checkpoint ls . -- --input x').message).toBe('weir checkpoint ls takes nothing behind --');
  });
});

describe('weir cluster and the processes', () => {
  it('take the shape of the cluster, with defaults', () => {
    expect(parse('cluster up')).toEqual({
      command: 'cluster up', definitions: {}, configFile: undefined, jobManagers: 1, taskManagers: 2, slots: 2, nats: 'auto', port: undefined, data: '.weir/cluster',
      foreground: false, json: false, application: undefined, parallelism: undefined,
    });
    expect(parse('cluster up --jobmanagers 2 --taskmanagers 3 --slots 4 --nats nats://x:1 --port 9000 --data d --foreground --json -D a=b')).toMatchObject({
      jobManagers: 2, taskManagers: 3, slots: 4, nats: 'nats://x:1', port: 9000, data: 'd', foreground: true, json: true, definitions: { a: 'b' },
    });
    expect(parse('cluster down --data d')).toEqual({ command: 'cluster down', data: 'd', json: false, definitions: {}, configFile: undefined });
    expect(parse('cluster status --json -D a=b')).toEqual({ command: 'cluster status', data: '.weir/cluster', json: true, definitions: { a: 'b' }, configFile: undefined });
    expect(parse('jobmanager -D jobmanager.id=jm-1')).toEqual({
      command: 'jobmanager', definitions: { 'jobmanager.id': 'jm-1' }, configFile: undefined, application: undefined, parallelism: undefined,
    });
    expect(parse('taskmanager --config weir.yaml')).toEqual({ command: 'taskmanager', definitions: {}, configFile: 'weir.yaml' });
    expect(parse('config --json')).toEqual({ command: 'config', definitions: {}, configFile: undefined, json: true });
  });

  it.each(['jobmanager', 'cluster up'])('weir %s takes one job, and its parameters only with it', (command) => {
    expect(parse(`${command} --job job.ts -p 3 -s sp/1 --allow-non-restored-state -- --input x`)).toMatchObject({
      command, parallelism: 3, application: { module: 'job.ts', jobArguments: ['--input', 'x'], fromSavepoint: 'sp/1', allowNonRestoredState: true },
    });
    expect(refusal(`${command} -- --input x`)).toMatchObject({ code: 'WEIR_CLI_USAGE', message: `weir ${command} takes nothing behind --` });
  });

  it.each(['--port 0', '--port 65536', '--port x', '--slots 0', '--jobmanagers -1'])('refuse %s', (bad) => {
    expect(refusal(`cluster up ${bad}`)).toMatchObject({ code: 'WEIR_CLI_USAGE', message: expect.stringMatching(/expected a (port|whole number) from 1/) });
  });
});

describe('weir job', () => {
  const id = '0123456789abcdef0123456789abcdef';
  const NO_SETTINGS = { definitions: {}, configFile: undefined };

  it('takes a job, a cluster, and what to do', () => {
    expect(parse('job list --target http://a:1')).toEqual({ command: 'job list', target: 'http://a:1', json: false, ...NO_SETTINGS });
    expect(parse(`job show ${id} --json`)).toEqual({ command: 'job show', target: undefined, json: true, jobId: id, ...NO_SETTINGS });
    expect(parse(`job stop ${id} --savepoint sp --drain`)).toEqual({ command: 'job stop', target: undefined, json: false, jobId: id, directory: 'sp', drain: true, ...NO_SETTINGS });
    expect(parse(`job savepoint ${id} sp`)).toEqual({ command: 'job savepoint', target: undefined, json: false, jobId: id, directory: 'sp', ...NO_SETTINGS });
  });

  it('refuses what is no job id', () => {
    expect(refusal('job cancel 12').message).toContain('expected a job id, 32 hexadecimal digits');
  });
});

describe('slips', () => {
  it.each([
    ['rnu job.ts', 'Did you mean run?'],
    ['run job.ts --resum', 'Did you mean --resume?'],
    ['run job.ts --paralelism 2', 'Did you mean --parallelism?'],
    ['checkpoint verfy x', 'Did you mean verify?'],
    ['plan job.ts --jsn', 'Did you mean --json?'],
    ['run job.ts --xyzzy', 'Run weir run --help to see what it takes; parameters of the job itself follow behind --.'],
    ['checkpoint', 'Run weir checkpoint --help to see what it takes.'],
    ['frobnicate', 'Run weir --help to see what it takes.'],
  ])('weir %s -> %s', (line, hint) => {
    expect(refusal(line)).toMatchObject({ code: 'WEIR_CLI_USAGE', hint });
  });
});

describe('help and version', () => {
  it('are printed', () => {
    expect(parse('--version')).toEqual({ command: 'print', text: '1.2.3\n' });
    expect(parse('')).toEqual(parse('--help'));
    const help = parse('--help');
    expect(help).toMatchObject({ command: 'print', text: expect.stringMatching(/run [^]*plan [^]*job [^]*cluster [^]*jobmanager [^]*taskmanager [^]*checkpoint [^]*config/) });
    expect(parse('run --help')).toMatchObject({ command: 'print', text: expect.stringContaining('--resume') });
  });
});

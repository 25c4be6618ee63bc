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

describe('weir run', () => {
  it('takes module, parallelism, definitions, flags, and hands on what is behind --', () => {
    expect(parse('run job.ts -p 3 -D a.b=1 -Dc.d=x=y --define e=2 --resume --json -- --input -p --json')).toEqual({
      command: 'run', module: 'job.ts', parallelism: 3, definitions: { 'a.b': '1', 'c.d': 'x=y', e: '2' }, resume: true, json: true,
      jobArguments: ['--input', '-p', '--json'],
    });
  });

  it('has defaults for everything but the module', () => {
    expect(parse('run job.ts')).toEqual({
      command: 'run', module: 'job.ts', parallelism: undefined, definitions: {}, resume: false, json: false, jobArguments: [],
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

  it('refuses a second module: job parameters stand behind --', () => {
    expect(refusal('run job.ts other.ts')).toMatchObject({ code: 'WEIR_CLI_USAGE' });
  });
});

describe('weir plan and weir checkpoint', () => {
  it('take their arguments', () => {
    expect(parse('plan job.ts --json -- --input x')).toEqual({
      command: 'plan', module: 'job.ts', parallelism: undefined, definitions: {}, json: true, jobArguments: ['--input', 'x'],
    });
    expect(parse('checkpoint ls .weir')).toEqual({ command: 'checkpoint ls', path: '.weir', json: false });
    expect(parse('checkpoint show a/chk-1 --json')).toEqual({ command: 'checkpoint show', path: 'a/chk-1', json: true });
    expect(parse('checkpoint verify a/chk-1')).toEqual({ command: 'checkpoint verify', path: 'a/chk-1', json: false });
  });

  it('a checkpoint command takes no job parameters', () => {
    expect(refusal('checkpoint ls . -- --input x').message).toBe('weir checkpoint ls takes nothing behind --');
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
    expect(help).toMatchObject({ command: 'print', text: expect.stringMatching(/run .*\n.*plan .*\n.*checkpoint/) });
    expect(parse('run --help')).toMatchObject({ command: 'print', text: expect.stringContaining('--resume') });
  });
});

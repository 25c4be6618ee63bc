import { describe, expect, it } from '@jest/globals';
import { buildStreamGraph, defineJob, isJobDefinition, jobProgram, param, parseJobArguments } from '../src/index.js';

const job = defineJob(
  'count',
  {
    params: {
      input: param.string({ description: 'a file' }),
      limit: param.integer({ default: 10, min: 1 }),
      verbose: param.boolean(),
      mode: param.oneOf(['fast', 'safe'], { default: 'safe' }),
    },
  },
  (env, { input, limit, verbose, mode }) => {
    env.fromSequence(1, limit).map((n) => `${input} ${n}`).name(`${mode} ${verbose}`).print();
  },
);
const namesOf = (raw: Record<string, string>): string[] => buildStreamGraph(job, raw).nodes.map((node) => node.name);
const invalid = (message: string, hint: unknown = expect.any(String)) =>
  expect.objectContaining({ code: 'WEIR_JOB_PARAMETER_INVALID', message, hint });

describe('a defined job', () => {
  it('builds with typed parameters and their defaults', () => {
    expect(namesOf({ input: 'x', verbose: 'true' })).toEqual(['Source: Sequence Source', 'safe true', 'Sink: Print to Std. Out']);
  });
  it('refuses a missing, unknown or unreadable parameter and says what helps', () => {
    expect(() => namesOf({})).toThrow(invalid('job parameter input is missing', 'Give a text: -- --input VALUE (a file).'));
    expect(() => namesOf({ input: 'x', limt: '1' })).toThrow(invalid('unknown job parameter limt', 'Did you mean --limit?'));
    expect(() => namesOf({ input: 'x', limit: '0' })).toThrow(
      invalid('job parameter limit is "0"', 'Give a whole number from 1 for --limit.'),
    );
    expect(() => namesOf({ input: 'x', mode: 'slow' })).toThrow(
      invalid('job parameter mode is "slow"', 'Give one of fast, safe for --mode.'),
    );
    expect(() => namesOf({ input: 'x', toString: 'y' })).toThrow(invalid('unknown job parameter toString'));
  });
  it('takes any text without declarations', () => {
    const plain = defineJob('plain', (env, params) => void env.fromElements(params.a).print());
    expect(buildStreamGraph(plain, { a: '1' }).jobName).toBe('plain');
    expect(isJobDefinition(plain) && !isJobDefinition({})).toBe(true);
  });
  it('gives each instance a graph and function objects of its own', () => {
    const program = jobProgram(job, { input: 'x' });
    const [a, b] = [program.instantiate(), program.instantiate()];
    expect(a.nodes.map((node) => node.name)).toEqual(b.nodes.map((node) => node.name));
    expect(a.nodes[1].spec).not.toBe(b.nodes[1].spec);
  });
  it('wraps what a builder throws, and lets coded errors pass', () => {
    const failing = defineJob('failing', () => {
      throw new TypeError('no such room');
    });
    expect(() => buildStreamGraph(failing)).toThrow(expect.objectContaining({
      code: 'WEIR_JOB_BUILD_FAILED', message: 'job "failing" could not be built: TypeError: no such room',
    }));
  });
  it('refuses builders that are async, empty, or that execute', async () => {
    const refused = expect.objectContaining({ code: 'WEIR_JOB_INVALID' });
    expect(() => buildStreamGraph(defineJob('async', async () => Promise.resolve()))).toThrow(refused);
    expect(() => buildStreamGraph(defineJob('empty', () => undefined))).toThrow(refused);
    let outcome: Promise<unknown> = Promise.resolve();
    const executing = defineJob('executing', (env) => {
      env.fromSequence(1, 2).print();
      outcome = env.execute();
      outcome.catch(() => undefined);
    });
    buildStreamGraph(executing);
    await expect(outcome).rejects.toThrow(refused);
    expect(() => defineJob(' ', () => undefined)).toThrow(refused);
    expect(() => defineJob('no params', {} as { params: Record<string, never> }, () => undefined)).toThrow(refused);
  });
});

describe('job arguments', () => {
  it('are read as --name VALUE, --name=VALUE and --flag', () => {
    expect(
      parseJobArguments(['--input', 'a b', '--limit=-3', '--verbose', '--mode', 'fast']),
    ).toEqual({ input: 'a b', limit: '-3', verbose: 'true', mode: 'fast' });
    expect(parseJobArguments(['--offset', '-3', '--empty='])).toEqual({ offset: '-3', empty: '' });
  });
  it('belong to a name, once', () => {
    expect(() => parseJobArguments(['stray'])).toThrow(invalid('"stray" belongs to no job parameter'));
    expect(() => parseJobArguments(['--a', '1', '--a', '2'])).toThrow(invalid('job parameter a is given twice'));
  });
});

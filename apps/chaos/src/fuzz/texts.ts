/** Configuration values and command lines: text that people write. Refused with a coded error, or taken. */
import { join } from 'node:path';
import { root } from '../cluster/program.js';
import { Draws } from '../random.js';
import type { FuzzResult } from './fuzz.js';
import { mutatedText } from './mutations.js';

interface TextTarget {
  readonly name: string;
  readonly seeds: readonly (readonly string[])[];
  take(words: readonly string[]): unknown;
}

const LINES = [
  'run job.ts', 'run --target http://h:1 job.ts -p 4 -D a.b=c -- --x 1', 'run job.ts --resume --json', 'plan job.ts -p 2', 'job list --json', 'job stop 0123 --savepoint /x --drain', 'job cancel 0123',
  'cluster up --jobmanagers 2 --taskmanagers 3 --slots 2 --nats auto --port 8081', 'cluster status', 'cluster down --data d', 'jobmanager -D rest.port=0', 'taskmanager', 'checkpoint verify p', 'config --json', '--version', '--help',
];
const VALUES = ['10 s', '200 ms', '5 min', '1 h', '64 mb', '20 kb', '1 b', 'true', '3', 'exponential-delay', '0.1', '127.0.0.1', 'nats://a,nats://b'];

export async function fuzzTexts(executions: number, seed: number): Promise<FuzzResult[]> {
  const { parseCommandLine } = (await import(join(root, 'apps/cli/src/command-line.ts'))) as { parseCommandLine: (args: readonly string[], version: string) => unknown };
  const { allOptions } = await optionsOf();
  const targets: TextTarget[] = [
    { name: 'command line', seeds: LINES.map((line) => line.split(' ')), take: (words) => parseCommandLine(words, '0') },
    { name: 'configuration', seeds: VALUES.map((value) => [value]), take: ([value]) => allOptions.map((option) => tryParse(option, value)) },
  ];
  return targets.map((target) => fuzzText(target, target.name === 'configuration' ? Math.ceil(executions / 50) : Math.ceil(executions / 20), seed));
}

interface Option {
  readonly key: string;
  parse(text: string): unknown;
}

async function optionsOf(): Promise<{ readonly allOptions: readonly Option[] }> {
  const modules = await Promise.all(['libs/surface/process/src/process-options.ts', 'libs/surface/rest/src/rest-options.ts'].map(async (path) => (await import(join(root, path))) as Record<string, Record<string, Option>>));
  return { allOptions: modules.flatMap((it) => Object.values(it)).flatMap((group) => (typeof group === 'object' ? Object.values(group) : [])) };
}

/** Options refuse with a plain error, to which the caller adds key and place. Anything but an Error would be a mistake. */
function tryParse(option: Option, value: string): unknown {
  try {
    return option.parse(value);
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError)) return undefined;
    throw error;
  }
}

function fuzzText(target: TextTarget, executions: number, seed: number): FuzzResult {
  const draws = new Draws(seed).fork(target.name);
  const findings: string[] = [];
  let [taken, slowestMs] = [0, 0];
  for (let run = 0; run < executions && findings.length < 5; run++) {
    const words = [...draws.of(target.seeds)];
    const at = draws.below(words.length);
    words[at] = mutatedText(words[at], draws);
    if (draws.below(4) === 0) words.splice(draws.below(words.length + 1), 0, ...draws.of(target.seeds));
    const begun = performance.now();
    try {
      target.take(words);
      taken++;
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith('WEIR_')) findings.push(`${target.name} threw ${String(error)} for ${JSON.stringify(words)}, seed ${seed}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - begun);
  }
  return { target: target.name, executions, taken, slowestMs, findings };
}

/**
 * One micro benchmark in a process of its own: `measure-micro.ts <name> <records> <rounds> [<records of a check>]`. Two warm-up runs of a quarter, then the rounds;
 * prints medians as a line of JSON, and with a check the sum of that many records.
 */
import { median, round3 } from '../measure.js';
import { BENCHMARKS } from './benchmarks.js';
import type { MicroBenchmark, MicroResult, MicroRun } from './micro-benchmark.js';

const [name, recordsText, roundsText, checkText] = process.argv.slice(2);
const benchmark = BENCHMARKS.find((it) => it.name === name) as MicroBenchmark;
if (checkText !== undefined) {
  console.log(JSON.stringify({ sum: (await benchmark.run(Number(checkText))).sum }));
} else {
  const records = Number(recordsText);
  for (let warmUp = 0; warmUp < 2; warmUp++) await benchmark.run(Math.ceil(records / 4));
  const runs: MicroRun[] = [];
  for (let round = 0; round < Number(roundsText); round++) runs.push(await benchmark.run(records));
  const wallMs = median(runs.map((run) => run.wallMs));
  const cpuMs = median(runs.map((run) => run.cpuMs));
  console.log(JSON.stringify({
    name, recordsPerS: Math.round((records / wallMs) * 1000), recordsPerCoreS: Math.round((records / cpuMs) * 1000), cores: round3(cpuMs / wallMs),
    peakRssMiB: Math.max(...runs.map((run) => run.peakRssMiB)),
  } satisfies MicroResult));
}

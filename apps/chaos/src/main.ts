/** `npm run chaos -- list | run SCENARIO… | soak | …`; docs/chaos.md tells what there is. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cloneWorkspace } from './cluster/clone.js';
import { copyProgram, type Program } from './cluster/program.js';
import { decoders } from './fuzz/decoders.js';
import { fuzz, type FuzzResult } from './fuzz/fuzz.js';
import { fuzzRest } from './fuzz/rest.js';
import { fuzzTexts } from './fuzz/texts.js';
import { LIKELY, runPlanted } from './planted/run-planted.js';
import { appendToLedger } from './report/ledger.js';
import { conclude, runAll, type RunAllOptions } from './run/run-all.js';
import type { RunResult } from './run/run-scenario.js';
import { scenarios } from './scenarios/index.js';
import { soak } from './scenarios/soak.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    report: { type: 'string' },
    clean: { type: 'boolean', default: false },
    commit: { type: 'string' },
    'no-control': { type: 'boolean', default: false },
    program: { type: 'string' },
    minutes: { type: 'string', default: '120' },
    rate: { type: 'string', default: '2000' },
    nice: { type: 'string', default: '0' },
    tries: { type: 'string', default: '3' },
    calls: { type: 'string', default: '20000' },
    executions: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});

const [command = 'list', ...names] = positionals;
const directory = values.report === undefined ? mkdtempSync(join(tmpdir(), 'weir-chaos-')) : resolve(values.report); // processes with working directories of their own read it
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);

function programUnderTest(): Program {
  const clone = values.clean || values.commit !== undefined ? cloneWorkspace(values.commit) : undefined;
  const program = copyProgram(values.program ?? clone?.bundle());
  clone?.remove();
  return program;
}

function tellFuzz(result: FuzzResult): FuzzResult {
  const { target, executions, taken, slowestMs, findings } = result;
  console.log(`${target.padEnd(36)} ${executions} executions, ${taken} taken, slowest ${slowestMs.toFixed(1)} ms, ${findings.length} findings (seed ${seed})`);
  return result;
}

function options(): RunAllOptions {
  return { program: programUnderTest(), seed, directory, keep: values.keep, jobs: Number(values.jobs) };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // members end with this process

switch (command) {
  case 'list':
    for (const { name, about, ci } of scenarios) console.log(`${name.padEnd(24)} ${ci === true ? 'ci ' : '   '} ${about}`);
    break;
  case 'run': {
    const unknown = names.filter((name) => name !== 'ci' && !scenarios.some((it) => it.name === name));
    const chosen = names.flatMap((name) => scenarios.filter((it) => (name === 'ci' ? it.ci : it.name === name)));
    if (unknown.length > 0 || chosen.length === 0) throw new Error(`no scenario is called ${unknown.join(', ')}; see npm run chaos -- list`);
    process.exitCode = conclude(await runAll(chosen, options()), directory);
    break;
  }
  case 'campaign': {
    const chosen = Array.from({ length: Number(values.runs) }, (_, i) => scenarios[i % scenarios.length]);
    const results = await runAll(chosen, options());
    if (values.record) appendToLedger(results, new Date().toISOString().slice(0, 10));
    process.exitCode = conclude(results, directory);
    break;
  }
  case 'record': {
    const results = names.flatMap((folder) => JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as RunResult[]);
    appendToLedger(results, new Date().toISOString().slice(0, 10));
    break;
  }
  case 'planted':
    process.exitCode = await runPlanted({ ids: names.length > 0 ? names : LIKELY, seed, directory, tries: Number(values.tries), jobs: Number(values.jobs), control: !values['no-control'], ...(values.commit === undefined ? {} : { commit: values.commit }) });
    break;
  case 'fuzz-rest': {
    const { calls, byStatus, slowestMs, findings } = await fuzzRest(Number(values.calls), seed);
    for (const it of findings) console.log(`FINDING ${it}`);
    console.log(`${calls} calls, slowest ${slowestMs.toFixed(0)} ms, by status ${JSON.stringify(byStatus)}, ${findings.length} findings (seed ${seed})`);
    process.exitCode = findings.length === 0 ? 0 : 1;
    break;
  }
  case 'fuzz': {
    const executions = Number(values.executions);
    const results = [...(await decoders()).filter(({ name }) => names.length === 0 || names.includes(name)).map((target) => tellFuzz(fuzz(target, executions, seed))), ...(await fuzzTexts(executions, seed)).map(tellFuzz)];
    const findings = results.flatMap((it) => it.findings);
    for (const it of findings) console.log(`FINDING ${it}`);
    console.log(`${results.length} targets, ${results.reduce((sum, it) => sum + it.executions, 0)} executions, ${findings.length} findings`);
    process.exitCode = findings.length === 0 ? 0 : 1;
    break;
  }
  case 'soak': {
    const scenario = soak({ minutes: Number(values.minutes), perSecond: Number(values.rate), nice: Number(values.nice), directory });
    process.exitCode = conclude(await runAll([scenario], options()), directory);
    break;
  }
  default:
    throw new Error(`there is no command ${command}; list, run, campaign, record, planted, fuzz, fuzz-rest, soak`);
}

// Connections that a killed process left half open would keep this one alive.
process.exit();

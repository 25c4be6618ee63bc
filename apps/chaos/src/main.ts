/** `npm run chaos -- list | run SCENARIO… | soak | …`; docs/chaos.md tells what there is. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cloneWorkspace } from './cluster/clone.js';
import { copyProgram, type Program } from './cluster/program.js';
import { runAll } from './run/run-all.js';
import { scenarios } from './scenarios/index.js';
import { soak } from './scenarios/soak.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    report: { type: 'string' },
    clean: { type: 'boolean', default: false },
    program: { type: 'string' },
    minutes: { type: 'string', default: '120' },
    rate: { type: 'string', default: '2000' },
    nice: { type: 'string', default: '0' },
  },
});

const [command = 'list', ...names] = positionals;
const directory = values.report ?? mkdtempSync(join(tmpdir(), 'weir-chaos-'));
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);

function programUnderTest(): Program {
  const clone = values.clean ? cloneWorkspace() : undefined;
  const program = copyProgram(values.program ?? clone?.bundle());
  clone?.remove();
  return program;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // members end with this process

switch (command) {
  case 'list':
    for (const { name, about, ci } of scenarios) console.log(`${name.padEnd(24)} ${ci === true ? 'ci ' : '   '} ${about}`);
    break;
  case 'run': {
    const chosen = names[0] === 'ci' ? scenarios.filter(({ ci }) => ci) : scenarios.filter(({ name }) => names.includes(name));
    const unknown = names.filter((name) => name !== 'ci' && !scenarios.some((it) => it.name === name));
    if (unknown.length > 0 || chosen.length === 0) throw new Error(`no scenario is called ${unknown.join(', ')}; see npm run chaos -- list`);
    process.exitCode = await runAll(chosen, { program: programUnderTest(), seed, directory, keep: values.keep });
    break;
  }
  case 'soak': {
    const scenario = soak({ minutes: Number(values.minutes), perSecond: Number(values.rate), nice: Number(values.nice), directory });
    process.exitCode = await runAll([scenario], { program: programUnderTest(), seed, directory, keep: values.keep });
    break;
  }
  default:
    throw new Error(`there is no command ${command}; list, run, soak`);
}

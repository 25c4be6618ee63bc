// Plants the bugs of libs/testing/planted-bugs one by one and lets the engine simulation, or the named test of another layer, look for them:
// `npm run planted-bugs -- [--bug 3] [--seeds 300] [--jobs 2] [--no-control] [--report docs/planted-bugs.md]`.
//
// The source is not touched: a bug is put in while esbuild (or Jest) loads its file. First the same seeds must pass without a bug. Each seed
// may take SEED_LIMIT_MS; one that takes longer counts as a job that never ends. The last line is
// `B bugs, F found, M missed, O open; median seeds X`; exits with 1 when one is missed or the control fails.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { jestNodeOptions } from './jest-node-options.mjs';
import { root } from './projects.mjs';

const SEED_LIMIT_MS = 120_000;
const LAYER_LIMIT_MS = 300_000;
const bundles = join(root, '.cache', `planted-bugs-${process.pid}`);

const { values } = parseArgs({
  options: {
    bug: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '300' },
    jobs: { type: 'string', default: '1' },
    'no-control': { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});
const seeds = Number(values.seeds);

/** One ES module of an entry and all of the workspace that it needs, with `edits` in it. */
async function bundle(entry, outfile, edits, plant) {
  const planted = new Set();
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@weir/source'],
    keepNames: true,
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'planted-bug',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const file = relative(root, path);
            if (!edits.some((edit) => edit.file === file)) return undefined;
            planted.add(file);
            return { contents: plant(edits, file, readFileSync(path, 'utf8')), loader: 'ts' };
          }),
      },
    ],
  });
  for (const { file } of edits) if (!planted.has(file)) throw new Error(`${file} is not part of the simulation`);
}

/** Runs a Node program; `onLine` gets its output and may end it. Resolves with its exit code, undefined when it was ended. */
function run(args, { limitMs, onLine, cwd = root }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let timer;
    const rearm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    };
    let rest = '';
    const take = (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        rearm();
        onLine(line);
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (rest !== '') onLine(rest);
      resolve(code ?? undefined);
    });
    rearm();
  });
}

/** The first seed that finds something. */
async function simulate(outfile) {
  let last = 0;
  let finding;
  const noise = [];
  const code = await run([outfile, '1', String(seeds)], {
    limitMs: SEED_LIMIT_MS,
    onLine: (line) => {
      if (!line.startsWith('{"seed"')) {
        noise.push(line);
        return;
      }
      const { seed, text, problems } = JSON.parse(line);
      last = seed;
      if (problems.length > 0) finding = { seed, text, message: problems[0] };
    },
  });
  if (finding !== undefined) return finding;
  if (code === undefined) return { seed: last + 1, message: `I17: seed ${last + 1} did not end within ${SEED_LIMIT_MS / 1000} s` };
  if (code !== 0) return { seed: last + 1, message: `the engine crashed: ${noise.filter((line) => line.includes('Error')).at(0) ?? noise.at(-1)}` };
  return undefined;
}

/** The named test of another layer against the patched source. */
async function askLayer({ project, file }, edits) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const transform = { '^.+\\.ts$': [join(root, 'tools/scripts/planted-bug-transform.cjs'), { root, edits }] };
  const failures = [];
  const args = [...jestNodeOptions, jest, file, '--colors=false', '--transform', JSON.stringify(transform)];
  const code = await run(args, {
    cwd: join(root, project),
    limitMs: LAYER_LIMIT_MS,
    onLine: (line) => {
      if (line.includes('●')) failures.push(line.trim().replace(/^●\s*/, ''));
    },
  });
  return code === 0 ? undefined : { seed: undefined, message: failures[0] ?? 'it did not end' };
}

const invariantOf = (message) => {
  const named = /^(I\d+|K\d+)\b/.exec(message)?.[1];
  if (named !== undefined) return named;
  if (/was cut at barrier|is unknown to|snapshot of .* is missing/.test(message)) return 'I5';
  if (/CHECKPOINT_LOST|CHECKPOINT_DAMAGED|CHECKPOINT_FILE_MISSING/.test(message)) return 'P4';
  if (/RESTARTS_EXHAUSTED/.test(message)) return 'I17';
  if (/COMMIT_/.test(message)) return 'I9';
  return /assert|INVARIANT/i.test(message) ? 'assertion' : 'failure';
};
const short = (message, length) => {
  const line = message.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};

async function lookFor(bug, plant) {
  if (bug.foundBy !== undefined) {
    const finding = await askLayer(bug.foundBy, bug.edits);
    return { bug, by: `${bug.foundBy.project}/${bug.foundBy.file}`, finding };
  }
  const outfile = join(bundles, `bug-${bug.id}.mjs`);
  await bundle('libs/testing/planted-bugs/run-seeds.ts', outfile, bug.edits, plant);
  return { bug, by: 'engine simulation', finding: await simulate(outfile) };
}

function printed({ bug, by, finding }) {
  if (finding === undefined) return `${bug.id.padEnd(4)} MISSED  ${bug.name} (${by})`;
  const seed = finding.seed === undefined ? 'test' : String(finding.seed);
  const how = finding.seed === undefined ? bug.expects.join(', ') : invariantOf(finding.message);
  return `${bug.id.padEnd(4)} ${seed.padStart(6)}  ${how.padEnd(9)}  ${bug.name}\n${' '.repeat(13)}${finding.seed === undefined ? `${by}: ` : ''}${short(finding.message, 230)}`;
}

function tableRow({ bug, by, finding }) {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('`', "'");
  const seed = finding === undefined ? 'missed' : (finding.seed ?? '–');
  const how = finding === undefined ? '' : finding.seed === undefined ? bug.expects.join(', ') : invariantOf(finding.message);
  const where = finding?.seed === undefined ? `found by ${by}: ` : '';
  const why = bug.because === undefined ? '' : ` (The simulation does not see it: ${bug.because}.)`;
  return `| ${bug.id} | ${cell(bug.name)} | ${seed} | ${how} | ${finding === undefined ? `not found by ${by}` : cell(where + short(finding.message, 160))}${cell(why)} |`;
}

/** Replaces what lies between the markers of the page. */
function writeReport(path, results, openBugs, lastLine) {
  const commit = String(createRequire(import.meta.url)('node:child_process').execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root })).trim();
  const rows = [
    `Made by \`npm run planted-bugs -- --seeds ${seeds} --jobs ${values.jobs} --report ${path}\` on ${new Date().toISOString().slice(0, 10)}, at commit ${commit}: **${lastLine}**${control === undefined && !values['no-control'] ? '; the control passed' : ''}.`,
    '',
    '| # | planted | seeds | broken | what a person sees first |',
    '| --- | --- | --- | --- | --- |',
    ...results.map(tableRow),
    ...openBugs.map(({ id, name, reason }) => `| ${id} | ${name} | open | | ${reason} |`),
  ];
  const page = readFileSync(join(root, path), 'utf8');
  const [before, after] = [page.split('<!-- table -->')[0], page.split('<!-- /table -->')[1]];
  writeFileSync(join(root, path), `${before}<!-- table -->\n${rows.join('\n')}\n<!-- /table -->${after}`);
}

mkdirSync(bundles, { recursive: true });
const catalogueFile = join(bundles, 'catalogue.mjs');
await bundle('libs/testing/planted-bugs/catalogue.ts', catalogueFile, [], undefined);
const { openBugs, plant, plantedBugs } = await import(pathToFileURL(catalogueFile).href);

const chosen = plantedBugs.filter(({ id }) => values.bug === undefined || values.bug.some((wanted) => id === wanted));
if (chosen.length === 0) {
  console.error(`no planted bug is called ${values.bug?.join(', ')}; there are ${plantedBugs.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}
const results = [];
const waiting = values['no-control'] ? [...chosen] : [undefined, ...chosen];
let control;
async function work() {
  for (;;) {
    if (waiting.length === 0) return;
    const bug = waiting.shift();
    if (bug === undefined) {
      const outfile = join(bundles, 'control.mjs');
      await bundle('libs/testing/planted-bugs/run-seeds.ts', outfile, [], plant);
      control = await simulate(outfile);
      console.log(control === undefined ? `control: ${seeds} seeds pass without a bug` : `control FAILED at seed ${control.seed}: ${short(control.message, 600)}`);
    } else {
      const result = await lookFor(bug, plant);
      results.push(result);
      console.log(printed(result));
    }
  }
}
await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, work));

results.sort((a, b) => plantedBugs.indexOf(a.bug) - plantedBugs.indexOf(b.bug));
const found = results.filter(({ finding }) => finding !== undefined);
const needed = found.flatMap(({ finding }) => finding.seed ?? []).sort((a, b) => a - b);
const median = needed.length === 0 ? '–' : needed[Math.floor((needed.length - 1) / 2)];
const open = values.bug === undefined ? openBugs : [];
const lastLine = `${results.length + open.length} bugs, ${found.length} found, ${results.length - found.length} missed, ${open.length} open; median seeds ${median}`;
if (values.report !== undefined) writeReport(values.report, results, open, lastLine);
console.log(lastLine);
rmSync(bundles, { recursive: true, force: true });
process.exit(found.length === results.length && control === undefined ? 0 : 1);

// The exhaustive model of leaders, checkpoints, register and transactions: `npm run model [-- --leaders 3]`.
// Prints what was explored with all rules, then, for each rule left out, the shortest story that breaks the job. See docs/model.md.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from './projects.mjs';

const sources = '--conditions=@weir/source';
if (!process.execArgv.includes(sources)) {
  const program = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, [sources, '--import', 'tsx', ...program], { cwd: root, stdio: 'inherit' });
  process.exit(status ?? 1);
}

const number = { type: 'string' };
const { values } = parseArgs({ options: { epochs: number, leaders: number, checkpoints: number, registerFaults: number, powerCuts: number } });
const bounds = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

// By its address and not as a dependency: tools stand beside the libs, not above them.
const { explore, GUARDS, guards, REFINEMENTS, refinements } = await import('@weir/testing/model');

const startedAt = performance.now();
const all = explore(bounds);
const seconds = (performance.now() - startedAt) / 1000;
console.log(`with all rules: ${all.states} states, ${all.transitions} transitions, depth ${all.depth}, ${seconds.toFixed(1)} s${all.complete ? '' : ', not complete'}`);
if (all.story) console.log(all.story.join('\n'));

/** How many of the rules have a story. */
function tellStories(rules, texts) {
  let found = 0;
  for (const rule of rules) {
    const { states, story } = explore({ without: [rule] });
    console.log(`\n# without ${rule}: ${texts[rule]}\n(${states} states)\n${story?.join('\n') ?? 'nothing is violated'}`);
    if (story) found++;
  }
  return found;
}
const ofRefinements = tellStories(refinements, REFINEMENTS);
const ofGuards = tellStories(guards, GUARDS);
const violations = all.story ? 1 : 0;

console.log(`\n${refinements.length} refinements, ${ofRefinements} counterexamples`);
console.log(`${guards.length} guards, ${ofGuards} counterexamples, ${violations} violations with all guards`);
process.exit(all.complete && violations === 0 && ofGuards === guards.length && ofRefinements === refinements.length ? 0 : 1);

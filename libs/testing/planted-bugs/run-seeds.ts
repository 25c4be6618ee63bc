/**
 * Entry of the bundle that `npm run planted-bugs` makes, with or without a bug: runs the engine simulation from one seed to another, one JSON
 * line each, and stops at the first that finds something. Arguments: FROM TO.
 */
import { runEngine } from '../test/support/engine-run.js';

const [from, to] = process.argv.slice(2).map(Number);
for (let seed = from; seed <= to; seed++) {
  const { problems, text } = await runEngine(seed);
  process.stdout.write(`${JSON.stringify({ seed, text, problems })}\n`);
  if (problems.length > 0) break;
}
process.exit(0); // a planted bug may leave anything behind that would keep the process

// Sums what `.ci/run` counted into its last line: `N passed, N failed`. A simulated seed and a scenario of the chaos suite
// count as one each; a part that left no count failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);

function tests() {
  const last = readFileSync(join(folder, 'tests.log'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const found = /^(\d+) passed, (\d+) failed$/.exec(last);
  return found === null ? [0, 1] : [Number(found[1]), Number(found[2])];
}

function scenarios() {
  const figures = join(folder, 'chaos/figures.json');
  if (!existsSync(figures)) return [0, 1];
  const results = JSON.parse(readFileSync(figures, 'utf8')).filter(({ leftOut }) => leftOut === undefined);
  const failed = results.filter(({ violations, voids }) => violations.length + voids.length > 0).length;
  return [results.length - failed, failed];
}

function seeds() {
  const report = join(folder, 'simulate.json');
  if (!existsSync(report)) return [0, 1];
  const { passed, failed } = JSON.parse(readFileSync(report, 'utf8'));
  return [passed, failed];
}

const parts = [tests(), seeds(), scenarios()];
const sum = (place) => parts.reduce((total, part) => total + part[place], 0);
console.log(`${sum(0)} passed, ${sum(1)} failed`);

/**
 * Planted bugs: each is put into a temporary clone that is built, and that program is what real processes run. The faults and the oracle must find it;
 * the same without a bug must find nothing.
 */
import { join } from 'node:path';
import { cloneWorkspace, type Clone } from '../cluster/clone.js';
import { copyProgram, type Program } from '../cluster/program.js';
import { runScenario, type RunResult } from '../run/run-scenario.js';
import { plantedScenario } from './planted-scenario.js';

interface PlantedBug {
  readonly id: string;
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

interface Catalogue {
  readonly plantedBugs: readonly PlantedBug[];
  plant(edits: PlantedBug['edits'], file: string, source: string): string;
}

/**
 * Those that a run of a minute can meet. The others need a power cut at one moment, a register that answers wrong, a rescale, or months of luck: simulation
 * looks for them (docs/planted-bugs.md).
 */
export const LIKELY = ['1', '1b', '2', '8', '9', '10', '11', '12b', '22', '23', '24', '25', '27', '30'];

export interface PlantedOptions {
  readonly ids: readonly string[];
  readonly seed: number;
  readonly directory: string;
  /** Runs of one bug, with other seeds, until it is found. */
  readonly tries: number;
  readonly jobs: number;
  /** Also runs without a bug, which must find nothing. */
  readonly control: boolean;
  /** Default the last one. */
  readonly commit?: string;
}

export interface PlantedResult {
  readonly id: string;
  readonly name: string;
  readonly found: string | undefined;
  readonly runs: number;
}

/** The exit code: 1 when a bug was missed, or the control found something. */
export async function runPlanted(options: PlantedOptions): Promise<number> {
  const clone = cloneWorkspace(options.commit);
  const catalogue = (await import(join(clone.folder, 'libs/testing/planted-bugs/catalogue.ts'))) as Catalogue; // that of the same commit
  const bugs = catalogue.plantedBugs.filter(({ id }) => options.ids.includes(id));
  const results: PlantedResult[] = [];
  const waiting: (PlantedBug | undefined)[] = options.control ? [undefined, ...bugs] : [...bugs];
  try {
    await Promise.all(Array.from({ length: options.jobs }, async () => {
      while (waiting.length > 0) {
        const bug = waiting.shift();
        const result = await lookFor(bug, catalogue, clone, options);
        results.push(result);
        console.log(`${result.id.padEnd(8)} ${result.found === undefined ? 'nothing found' : `found in run ${result.runs}`}  ${result.name}${result.found === undefined ? '' : `\n         ${result.found.slice(0, 240)}`}`);
      }
    }));
  } finally {
    clone.remove();
  }
  const found = results.filter((it) => it.id !== 'control' && it.found !== undefined).length;
  const control = results.find(({ id }) => id === 'control')?.found;
  console.log(`${bugs.length} bugs, ${found} found, ${bugs.length - found} missed; the control ${!options.control ? 'was not run' : control === undefined ? 'passed' : 'FAILED'}`);
  return found === bugs.length && control === undefined ? 0 : 1;
}

async function lookFor(bug: PlantedBug | undefined, catalogue: Catalogue, clone: Clone, { seed, directory, tries }: PlantedOptions): Promise<PlantedResult> {
  const id = bug?.id ?? 'control';
  const name = bug?.name ?? 'no bug';
  const files = [...new Set((bug?.edits ?? []).map(({ file }) => file))];
  // One at a time in the clone: edits, build and restoring run without a pause between them.
  const undo = files.map((file) => clone.edit(file, (text) => catalogue.plant(bug?.edits ?? [], file, text)));
  let program: Program;
  try {
    program = copyProgram(clone.bundle());
  } finally {
    for (const it of undo) it();
  }
  try {
    for (let run = 1; run <= tries; run++) {
      const result = await runScenario(plantedScenario, { program, seed: seed + run, directory: join(directory, `bug-${id}-${run}`), keep: false });
      const found = findingOf(result);
      if (found !== undefined || bug === undefined) return { id, name, found, runs: run };
    }
    return { id, name, found: undefined, runs: tries };
  } finally {
    program.remove();
  }
}

/** What the oracle says, an invariant of the engine, or a job that ended in a way it should not. That a run took too long is no finding: the machine may be slow. */
function findingOf({ violations }: RunResult): string | undefined {
  return violations.find((it) => /^I(1|8|9)\b/.test(it)) ?? violations.find((it) => /INVARIANT_BROKEN|the job is (failed|canceled)/.test(it));
}

/** A failed run as evidence: everything that is needed to see it and to see it again. */
import { type Divergence, formatDivergence } from './divergence.js';
import { type Deployment, type Fault, formatFault } from './faults.js';

export interface SimulationFailure {
  readonly job: string;
  readonly seed: number;
  /** Revision of the code, when the caller named it. */
  readonly commit: string | undefined;
  /** The first wrong record; undefined when the run failed in another way. */
  readonly divergence: Divergence | undefined;
  /** Sentences: broken invariants, a job that failed or did not end. */
  readonly problems: readonly string[];
  /** Faults without which the run does not fail. */
  readonly faults: readonly Fault[];
  /** Faults of the seed before shrinking. */
  readonly plannedFaults: number;
  readonly options: Readonly<Record<string, string>>;
  readonly deployment: Deployment;
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly lives: number;
  readonly restarts: number;
  readonly checkpoints: number;
  /** One line that runs this seed again. */
  readonly replay: string;
  /** The last events of the world. */
  readonly trace: readonly string[];
}

export function formatFailure(failure: SimulationFailure): string {
  const { seed, commit, options, faults, plannedFaults, divergence, problems, deployment, traceHash, virtualMs, lives, restarts, checkpoints, replay } = failure;
  const settings = Object.entries(options).map(([name, value]) => `${name} ${value}`).join(', ');
  return [
    `  seed      ${seed}${commit === undefined ? '' : ` at ${commit}`}, trace ${traceHash}${settings === '' ? '' : `, ${settings}`}`,
    `  run       ${deployment === 'cluster' ? 'cluster, ' : 'one process, '}${Math.round(virtualMs)} virtual ms, ${checkpoints} checkpoints, ${restarts} restarts, ${lives} crashes`,
    faults.length === 0 ? '  faults    none are needed' : `  faults    ${faults.length} of ${plannedFaults} are needed:`,
    ...faults.map((fault) => `            ${formatFault(fault)}`),
    ...(divergence === undefined ? [] : formatDivergence(divergence).map((line, i) => (i === 0 ? `  guilty    ${line}` : `            ${line}`))),
    ...problems.map((problem) => `  problem   ${problem}`),
    `  replay    ${replay}`,
  ].join('\n');
}

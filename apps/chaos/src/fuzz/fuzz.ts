/**
 * Runs a decoder on mutated input. Whatever comes, it either takes it or refuses it with one of its errors; it takes no longer than a second, leaves
 * `Object.prototype` as it was, and what it takes it takes again when it is encoded.
 *
 * Inputs that were taken and look new join the corpus, so that mutations build on each other. A finding prints its seed and input: both repeat it.
 */
import { Draws } from '../random.js';
import { mutated } from './mutations.js';

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Decodes; the value is given to `reencode`. */
  decode(bytes: Uint8Array): unknown;
  /** True for an error that the decoder may refuse with. */
  isRefusal(error: unknown): boolean;
  /** Encodes what was decoded and decodes it again; throws when it is another value. */
  roundTrip?(value: unknown): void;
  /** Makes valid again what mutations break for sure, such as checksums; for half of the inputs. */
  repair?(bytes: Uint8Array): Uint8Array;
}

export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  readonly taken: number;
  readonly slowestMs: number;
  readonly findings: readonly string[];
}

const CORPUS_MAX = 400;
const HANG_MS = 1000;
const FINDINGS_MAX = 5;

export function fuzz(target: FuzzTarget, executions: number, seed: number): FuzzResult {
  const draws = new Draws(seed).fork(target.name);
  const corpus = [...target.seeds];
  const findings: string[] = [];
  const lengths = new Set(corpus.map(({ length }) => length));
  let [taken, slowestMs] = [0, 0];
  for (let run = 0; run < executions && findings.length < FINDINGS_MAX; run++) {
    let bytes = run < target.seeds.length ? target.seeds[run] : mutated(draws.of(corpus), draws.of(corpus), draws);
    if (run >= target.seeds.length && target.repair !== undefined && draws.below(2) === 0) bytes = target.repair(bytes);
    const begun = performance.now();
    const problem = execute(target, bytes);
    const tookMs = performance.now() - begun;
    slowestMs = Math.max(slowestMs, tookMs);
    if (problem === 'taken') {
      taken++;
      if (!lengths.has(bytes.length) && corpus.length < CORPUS_MAX) {
        lengths.add(bytes.length);
        corpus.push(bytes);
      }
    } else if (problem !== 'refused') findings.push(`${problem}; seed ${seed}, input ${run}: ${Buffer.from(bytes.subarray(0, 400)).toString('base64')}`);
    if (run < target.seeds.length && problem !== 'taken') findings.push(`seed input ${run} is ${problem}`);
    if (tookMs > HANG_MS) findings.push(`${tookMs.toFixed(0)} ms for input ${run} of seed ${seed}: ${Buffer.from(bytes.subarray(0, 400)).toString('base64')}`);
  }
  return { target: target.name, executions, taken, slowestMs, findings };
}

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).join();

/** `taken`, `refused`, or what is wrong. */
function execute(target: FuzzTarget, bytes: Uint8Array): string {
  let value: unknown;
  try {
    value = target.decode(bytes);
  } catch (error) {
    return target.isRefusal(error) ? 'refused' : `${target.name} threw ${String(error)}`;
  }
  if (Object.getOwnPropertyNames(Object.prototype).join() !== PROTOTYPE) return `${target.name} changed Object.prototype`;
  try {
    target.roundTrip?.(value);
  } catch (error) {
    return `${target.name} took what it does not give back: ${String(error)}`;
  }
  return 'taken';
}

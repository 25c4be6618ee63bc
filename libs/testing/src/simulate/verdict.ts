/**
 * Judges what a finished run has committed, operator by operator in topological order; the first one that cannot be right is guilty, for
 * everything before it was right.
 *
 * An operator is judged by what its upstreams have really committed, not by what they should have: so each one answers for itself alone.
 * V1: what a sink or a function took in is what its upstreams gave, each record once. V2: the output is the interpreter's, as a multiset,
 * where that is fixed by the input. V3: where it depends on the order of records, the committed steps of each key are replayed one by one.
 */
import type { StreamGraph, StreamNode } from '@weir/graph';
import type { JobProgram } from '@weir/graph';
import type { Divergence } from './divergence.js';
import { Multiset, textOf } from './multiset.js';
import { outputTap, sinkTap } from './observed-program.js';
import type { LedgerEntry, OutsideWorld } from './outside-world.js';
import { recordText } from './record-text.js';
import { inputsOf, type OperatorReading, type ReferenceInterpreter } from './reference-interpreter.js';
import { type Emission, isProcessNode } from './reference-process.js';
import { replaySteps } from './replay.js';
import type { Step } from './transcript.js';

export interface Evidence {
  readonly program: JobProgram;
  readonly graph: StreamGraph;
  readonly world: OutsideWorld;
  readonly interpreter: ReferenceInterpreter;
  /** What the job means for its own input. */
  readonly reference: ReadonlyMap<number, OperatorReading>;
  readonly parallelismOf: (nodeId: number) => number;
  /** The job was stopped before its sources had given all: they answer for what they gave, each record once. */
  readonly drained: boolean;
}

export interface Verdict {
  readonly divergence: Divergence | undefined;
  /** Operators whose output has more than one right answer and no steps to replay, with the reason. */
  readonly notCompared: readonly string[];
}

type Found = Omit<Divergence, 'operator' | 'uid'>;
const IMPURE = 'The same records in the same order give another output each time: something beside its input and its Weir state has a hand in it, '
  + 'such as a module variable, a random number or the clock.';

const MUTATES = 'The operator changes a record that it is given. Whoever gave it, and others that take it, may hold the same object: give on a changed copy.';

export async function judge(evidence: Evidence): Promise<Verdict> {
  const { graph, world, parallelismOf, interpreter: { mutation } } = evidence;
  const committed = new Map<number, readonly Emission[]>();
  const notCompared: string[] = [];
  for (const node of [...graph.nodes].sort((a, b) => a.id - b.id)) {
    const guilty = (found: Found): Verdict => ({ divergence: { operator: node.name, uid: node.uid, ...found }, notCompared });
    if (mutation !== undefined) {
      if (mutation.nodeId === node.id) return guilty({ kind: 'changed', expected: mutation.given, actual: mutation.left, key: undefined, detail: MUTATES });
      continue;
    }
    const given = inputsOf(graph.edges, node.id, (id) => committed.get(id) ?? [], parallelismOf);
    if (node.spec.kind === 'sink') {
      const taken = entriesOf(world, sinkTap(node.id));
      const found = difference(given.flat(), taken.map((entry) => ({ ...entry, side: undefined })), 'The sink committed other records than its stream has.');
      if (found !== undefined) return guilty(found);
      continue;
    }
    const sides = new Set(graph.edges.filter(({ sourceId }) => sourceId === node.id).map(({ sideOutputId }) => sideOutputId));
    const outputs: Emission[] = [];
    for (const side of new Set([undefined, ...sides])) {
      for (const entry of entriesOf(world, outputTap(node.id, side))) {
        if (recordText(entry.value) !== entry.text) {
          return guilty({ kind: 'changed', expected: entry.text, actual: recordText(entry.value), key: undefined, detail: 'A record was changed after it was emitted; records are immutable.' });
        }
        outputs.push({ side, value: entry.value, timestamp: entry.timestamp });
      }
    }
    committed.set(node.id, outputs);
    const steps = world.transactions(outputTap(node.id, undefined)).flatMap((transaction) => transaction.steps);
    const found = await judgeOperator(evidence, node, given, outputs, steps, sides, notCompared);
    if (found !== undefined) return guilty(found);
  }
  return { divergence: undefined, notCompared };
}

function entriesOf(world: OutsideWorld, tap: string): LedgerEntry[] {
  return world.transactions(tap).flatMap(({ entries }) => entries);
}

async function judgeOperator(
  { interpreter, reference, program, drained }: Evidence, node: StreamNode, given: readonly (readonly Emission[])[], outputs: readonly Emission[], steps: readonly Step[],
  sides: ReadonlySet<string | undefined>, notCompared: string[],
): Promise<Found | undefined> {
  const unstable = interpreter.unstableKey(node.id, given);
  if (unstable !== undefined) {
    const [first, second] = unstable.keys.map((key) => recordText(key));
    return { kind: 'key', expected: first, actual: second, key: undefined, detail: `The key of ${recordText(unstable.value)} is another one each time it is asked for: key selectors are pure functions of the record.` };
  }
  const heard = (records: readonly Emission[]): Emission[] => records.filter(({ side }) => side === undefined || sides.has(side));
  const known = reference.get(node.id) as OperatorReading;
  const asKnown = node.spec.kind === 'source' || given.every((records, input) => Multiset.ofTimed(records).equals(Multiset.ofTimed(known.inputs[input] ?? [])));
  const lateOnly = known.inexact?.includes('late') === true ? known.inexact : undefined;
  const reading = asKnown ? known : await interpreter.readOperator(node.id, given, lateOnly);
  if (isProcessNode(node) && node.keySelectors[0] !== undefined) {
    for (const [input, records] of given.entries()) {
      const taken = steps.filter((step) => step.kind === 'element' && step.input === input).map((step): Emission => ({ side: undefined, value: step.value, timestamp: step.timestamp, key: step.key }));
      const found = difference(records, taken, `What reached the operator's input ${input} is not what its upstream gave.`);
      if (found !== undefined) return found;
    }
  }
  const expected = node.spec.kind === 'source' && drained ? thoseGiven(heard(reading.outputs), outputs) : heard(reading.outputs);
  const found = difference(expected, outputs, 'The output is fixed by the input, whatever the order of its records.');
  if (found === undefined || node.spec.kind === 'source') return found;
  const impure = async (): Promise<boolean> => !(await interpreter.isRepeatable(node.id, given));
  if (isProcessNode(node) && node.keySelectors[0] !== undefined) {
    // The tried orders may agree by chance: the steps of each key have the last word (V3).
    const replayed = await replaySteps(program, node.id, steps);
    if (replayed === undefined) return undefined;
    return (await impure()) ? { ...found, detail: IMPURE } : replayed;
  }
  if (reading.inexact === undefined) return (await impure()) ? { ...found, detail: IMPURE } : found;
  notCompared.push(`${node.name}: ${reading.inexact}`);
  return undefined;
}

/** The first record, in the order of time, that is there too often or not often enough. */
function difference(expected: readonly Emission[], actual: readonly Emission[], detail: string): Found | undefined {
  const expectedCounts = Multiset.of(expected);
  const actualCounts = Multiset.of(actual);
  const missing = expectedCounts.minus(actualCounts);
  const extra = actualCounts.minus(expectedCounts);
  if (missing.length === 0 && extra.length === 0) return undefined;
  const summary = `${detail} In all ${total(missing)} of ${expected.length} expected records are missing and ${total(extra)} are too many.`;
  const [lost] = missing;
  const doubled = extra.find(({ text }) => expectedCounts.count(text) > 0);
  if (lost === undefined && doubled !== undefined) {
    return { kind: 'doubled', expected: times(doubled.text, expectedCounts), actual: times(doubled.text, actualCounts), key: keyOf(expected, doubled.text), detail: summary };
  }
  const key = lost === undefined ? undefined : keyOf(expected, lost.text);
  const [unexpected] = extra;
  if (lost === undefined) return { kind: 'unexpected', expected: undefined, actual: unexpected.text, key: keyOf(actual, unexpected.text), detail: summary };
  if (unexpected === undefined) return { kind: 'lost', expected: times(lost.text, expectedCounts), actual: actualCounts.count(lost.text) === 0 ? undefined : times(lost.text, actualCounts), key, detail: summary };
  return { kind: 'different', expected: lost.text, actual: nearest(lost.text, extra.map(({ text }) => text)), key, detail: summary };
}

/** Of the expected records those that were given, each as often as it was given. */
function thoseGiven(expected: readonly Emission[], given: readonly Emission[]): Emission[] {
  const left = Multiset.of(given);
  return expected.filter(({ side, value }) => {
    const text = textOf(side, recordText(value));
    left.add(text, -1);
    return left.count(text) >= 0;
  });
}
function total(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}
function times(text: string, counts: Multiset): string {
  return counts.count(text) === 1 ? text : `${text} (${counts.count(text)} times)`;
}
function keyOf(records: readonly Emission[], text: string): string | undefined {
  const record = records.find(({ side, value }) => textOf(side, recordText(value)) === text);
  return record?.key === undefined ? undefined : recordText(record.key);
}
/** The text with the longest common beginning and end. */
function nearest(text: string, others: readonly string[]): string {
  const common = (other: string): number => {
    let before = 0;
    while (before < other.length && other[before] === text[before]) before++;
    let behind = 0;
    while (behind < other.length - before && other.at(-1 - behind) === text.at(-1 - behind)) behind++;
    return before + behind;
  };
  return others.reduce((best, other) => (common(other) > common(best) ? other : best));
}

/**
 * The committed steps of a keyed function, replayed key by key on a fresh function with state in plain Maps: the linear history of each key
 * must be one that the function itself gives (I1 for jobs that depend on the order of records).
 */
import type { JobProgram, StreamNode } from '@weir/graph';
import type { Divergence } from './divergence.js';
import { textOf } from './multiset.js';
import { recordText } from './record-text.js';
import { type Emission, isProcessNode, ReferenceProcess, type Timer } from './reference-process.js';
import type { Step } from './transcript.js';

type Found = Omit<Divergence, 'operator' | 'uid'>;
const FRESH = 'A fresh copy of the function gives this for the same records of the key in the same order, with nothing but its Weir state.';

export async function replaySteps(program: JobProgram, nodeId: number, steps: readonly Step[]): Promise<Found | undefined> {
  const histories = new Map<string, Step[]>();
  for (const step of steps) {
    if (step.kind === 'finish') continue;
    const key = recordText(step.key);
    const history = histories.get(key);
    if (history === undefined) histories.set(key, [step]);
    else history.push(step);
  }
  for (const [key, history] of histories) {
    const found = await replayKey(program, nodeId, history);
    if (found !== undefined) return { ...found, key };
  }
  return undefined;
}

async function replayKey(program: JobProgram, nodeId: number, history: readonly Step[]): Promise<Omit<Found, 'key'> & { key: undefined } | undefined> {
  const graph = program.instantiate();
  const node = graph.nodes.find(({ id }) => id === nodeId) as StreamNode;
  if (!isProcessNode(node)) return undefined;
  const process = new ReferenceProcess(node);
  await process.open(graph.jobName);
  try {
    for (const step of history) {
      const emissions = step.kind === 'element' ? process.element(step.input, step.value, step) : process.fire(timerOf(step), step);
      const what = step.kind === 'element' ? `for ${recordText(step.value)}` : `for the timer of ${step.timestamp} (${step.kind})`;
      if (emissions === undefined) {
        const registered = process.timers('event-time').concat(process.timers('processing-time')).map(({ timestamp }) => timestamp);
        return { kind: 'timer', key: undefined, expected: registered.length === 0 ? 'no timer' : `timers of ${registered.join(', ')}`, actual: `a timer of ${step.timestamp} (${step.kind})`, detail: FRESH };
      }
      const expected = textsOf(emissions);
      const actual = step.emissions.map(({ side }, i) => textOf(side, step.texts[i]));
      if (expected.join('\n') !== actual.join('\n')) {
        const at = expected.findIndex((text, i) => text !== actual[i]);
        const place = at < 0 ? expected.length : at;
        return { kind: 'different', key: undefined, expected: `${expected[place] ?? 'nothing'} ${what}`, actual: actual[place] ?? 'nothing', detail: FRESH };
      }
    }
    const [left] = process.timers('event-time');
    if (left !== undefined) return { kind: 'timer', key: undefined, expected: `the timer of ${left.timestamp} to fire before the end of the input`, actual: 'nothing', detail: FRESH };
    return undefined;
  } finally {
    await process.close();
  }
}

function timerOf(step: Step): Timer {
  return { domain: step.kind === 'event-time' ? 'event-time' : 'processing-time', timestamp: step.timestamp, key: step.key };
}
function textsOf(emissions: readonly Emission[]): string[] {
  return emissions.map(({ side, value }) => textOf(side, recordText(value)));
}

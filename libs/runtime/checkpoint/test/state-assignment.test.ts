import { leaderEpoch } from '@weir/base';
import { localOperatorId } from '@weir/graph';
import { keyGroupRangeOf } from '@weir/state';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignState, type CheckpointMetadata, subtaskKey, type SubtaskSnapshot } from '../src/index.js';
import { attempts, COUNT, COUNT_VERTEX, graph, metadata } from './fixtures.js';

const MAX = 16;

/** One byte per key group (its number); `lists[i]` = elements that old subtask i holds, each one byte at its own offset. */
function checkpointOf(parallelism: number, lists: readonly (readonly number[])[], finished: readonly boolean[] = [], distribution: 'split' | 'union' = 'split'): CheckpointMetadata {
  const of = graph(1, parallelism, MAX);
  const subtasks = attempts(of, leaderEpoch(1), 0).filter(({ vertexId }) => vertexId === COUNT_VERTEX).map(({ vertexId, subtaskIndex }): SubtaskSnapshot => {
    const { first, last } = keyGroupRangeOf(subtaskIndex, parallelism, MAX);
    const groups = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const elements = lists[subtaskIndex] ?? [];
    return {
      vertexId, subtaskIndex, finished: finished[subtaskIndex] ?? false, inputs: [], outputs: [],
      state: { kind: 'inline', bytes: Uint8Array.from([...groups, ...elements]), crc32: 0 },
      operators: [{
        operatorId: COUNT,
        keyed: { segment: { offset: 0, length: groups.length }, firstKeyGroup: first, offsets: Array.from({ length: groups.length + 1 }, (_, i) => i) },
        lists: [{ name: 'items', distribution, elements: elements.map((_, i) => ({ offset: groups.length + i, length: 1 })) }],
      }],
    };
  });
  const operators = of.vertices.flatMap((vertex) => vertex.operators.map(({ operatorId, name, uid, stateful }) => ({
    operatorId, name, uid, stateful, vertexId: vertex.id, parallelism: vertex.parallelism, maxParallelism: MAX, maxParallelismExplicit: false,
  })));
  return { ...metadata(1, 1, subtasks), operators };
}

/** What each new subtask would read: its key groups, and its list elements. */
function restored(checkpoint: CheckpointMetadata, parallelism: number): { groups: number[]; items: number[]; finished: boolean }[] {
  const assigned = assignState(checkpoint, graph(1, parallelism, MAX));
  return Array.from({ length: parallelism }, (_, subtask) => {
    const state = assigned.get(subtaskKey(COUNT_VERTEX, subtask));
    const range = keyGroupRangeOf(subtask, parallelism, MAX);
    const operator = state?.operators.find(({ operatorId }) => operatorId === COUNT);
    const bytesOf = (part: { state: unknown }) => (part.state as { bytes: Uint8Array }).bytes;
    const groups = (operator?.keyed ?? []).flatMap((part) =>
      part.offsets.slice(0, -1).flatMap((offset, i) => (part.firstKeyGroup + i >= range.first && part.firstKeyGroup + i <= range.last ? [bytesOf(part)[part.segment.offset + offset]] : [])),
    );
    const items = (operator?.lists ?? []).flatMap((list) => list.elements.map((element) => bytesOf(element)[element.segment.offset]));
    return { groups, items, finished: state?.finished ?? false };
  });
}

const parallelism = fc.integer({ min: 1, max: MAX });
const listsArbitrary = fc.array(fc.array(fc.integer({ min: 100, max: 255 }), { maxLength: 7 }), { minLength: MAX, maxLength: MAX });

describe('given state that is restored with another parallelism', () => {
  it('then every key group reaches exactly its owner', () => {
    fc.assert(fc.property(parallelism, parallelism, (before, after) => {
      restored(checkpointOf(before, []), after).forEach(({ groups }, subtask) => {
        const { first, last } = keyGroupRangeOf(subtask, after, MAX);
        expect(groups).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
      });
    }));
  });

  it('then split lists are partitioned in order and evenly', () => {
    fc.assert(fc.property(parallelism, parallelism, listsArbitrary, (before, after, lists) => {
      const parts = restored(checkpointOf(before, lists), after).map(({ items }) => items);
      expect(parts.flat()).toEqual(lists.slice(0, before).flat());
      if (before === after) expect(parts).toEqual(lists.slice(0, before));
      else expect(Math.max(...parts.map((p) => p.length)) - Math.min(...parts.map((p) => p.length))).toBeLessThanOrEqual(1);
    }));
  });

  it('then union lists reach everybody whole', () => {
    fc.assert(fc.property(parallelism, parallelism, listsArbitrary, (before, after, lists) => {
      for (const { items } of restored(checkpointOf(before, lists, [], 'union'), after)) expect(items).toEqual(lists.slice(0, before).flat());
    }));
  });

  it('then a subtask is finished by its own flag, or when all were', () => {
    const finished = (flags: boolean[], after: number) => restored(checkpointOf(flags.length, [], flags), after).map((subtask) => subtask.finished);
    expect(finished([true, false], 2)).toEqual([true, false]);
    expect(finished([true, false], 3)).toEqual([false, false, false]);
    expect(finished([true, true], 3)).toEqual([true, true, true]);
  });
});

describe('given a graph that does not fit', () => {
  it('when an operator with state is gone / then it is refused unless that is allowed', () => {
    const checkpoint = checkpointOf(2, []);
    const other = graph(1, 2, MAX);
    const without = { ...other, vertices: [other.vertices[0]], edges: [] };
    expect(() => assignState(checkpoint, without)).toThrow(expect.objectContaining({ code: 'WEIR_STATE_DOES_NOT_FIT', hint: expect.stringContaining("uid('count')") }));
    expect(assignState(checkpoint, without, { allowNonRestoredState: true }).size).toBe(1);
  });

  it('when the max parallelism differs / then it is refused', () => {
    expect(() => assignState(checkpointOf(2, []), graph(1, 2, 32))).toThrow(expect.objectContaining({ code: 'WEIR_STATE_DOES_NOT_FIT' }));
  });

  it('when an operator has moved into another chain / then its state follows its id', () => {
    const base = graph(1, 2, MAX);
    const chained = { ...base, edges: [], vertices: [{ ...base.vertices[0], parallelism: 2, operators: [...base.vertices[0].operators, ...base.vertices[1].operators] }] };
    const assigned = assignState(checkpointOf(2, [[100], [101]]), chained);
    expect([...assigned.values()].map((state) => state.operators.map(({ operatorId }) => operatorId))).toEqual([[COUNT], [COUNT]]);
  });
});

function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('given a window whose producers added up before the exchange', () => {
  const local = localOperatorId(COUNT, 0);
  const withLocal = (checkpoint: CheckpointMetadata, lists: SubtaskSnapshot['operators'][number]['lists']): CheckpointMetadata => ({
    ...checkpoint,
    operators: [...checkpoint.operators, { ...checkpoint.operators[0], operatorId: local, name: 'Local count', uid: undefined, stateful: false, vertexId: COUNT_VERTEX }],
    subtasks: checkpoint.subtasks.map((subtask) => ({ ...subtask, operators: [...subtask.operators, { operatorId: local, lists }] })),
  });

  it('when the job adds up elsewhere now / then nothing is missed of a part that held nothing', () => {
    expect(assignState(withLocal(checkpointOf(2, []), []), graph(1, 1, MAX)).size).toBeGreaterThan(0);
    const holding = withLocal(checkpointOf(2, []), [{ name: 'x', distribution: 'split', elements: [{ offset: 0, length: 1 }] }]);
    expect(refusal(() => assignState(holding, graph(1, 1, MAX)))).toMatchObject({ code: 'WEIR_STATE_DOES_NOT_FIT' });
  });

  it('when accumulators were in flight and the job adds up elsewhere now / then it is refused, with what to do', () => {
    const channel = { operatorId: COUNT, inputIndex: 0, channel: '0-0-0', toSubtask: 0, parallelism: 2, keyed: true, segment: { offset: 0, length: 1 } };
    const inFlight = (checkpoint: CheckpointMetadata): CheckpointMetadata => ({ ...checkpoint, subtasks: checkpoint.subtasks.map((subtask, i) => (i === 0 ? { ...subtask, inFlight: [channel] } : subtask)) });
    expect(refusal(() => assignState(withLocal(inFlight(checkpointOf(2, [])), []), graph(1, 2, MAX))))
      .toMatchObject({ code: 'WEIR_STATE_DOES_NOT_FIT', hint: expect.stringContaining('execution.local-aggregation.enabled') });
    expect(assignState(inFlight(checkpointOf(2, [])), graph(1, 2, MAX)).size).toBeGreaterThan(0);
  });
});

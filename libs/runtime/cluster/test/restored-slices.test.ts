import { describe, expect, it } from '@jest/globals';
import { crc32, operatorId } from '@weir/base';
import type { RestoredSubtaskState, StateHandle } from '@weir/checkpoint';
import { encodeMessage } from '@weir/types';
import { sliceInlineState } from '../src/restored-slices.js';

const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251);
const inline: StateHandle = { kind: 'inline', bytes, crc32: crc32(bytes) };
const file: StateHandle = { kind: 'file', path: 'chk-1-1/x', sizeBytes: 7, crc32: 1 };

/** A keyed segment and a list of a thousand elements in one run of bytes. */
const restored = (state: StateHandle): RestoredSubtaskState => ({
  checkpointId: 1, finished: false,
  operators: [{
    operatorId: operatorId('a'.repeat(32)),
    keyed: [{ state, segment: { offset: 0, length: 10_000 }, firstKeyGroup: 3, offsets: [100, 5000, 10_000] }],
    lists: [{ name: 'splits', distribution: 'split', elements: Array.from({ length: 1000 }, (_, i) => ({ state, segment: { offset: 10_000 + 10 * i, length: 10 } })) }],
  }],
});

const bytesOf = ({ state, segment }: { state: StateHandle; segment: { offset: number; length: number } }): Uint8Array | undefined =>
  (state.kind === 'inline' ? state.bytes.subarray(segment.offset, segment.offset + segment.length) : undefined);

describe('sliceInlineState', () => {
  it('given a thousand elements of one inline state / then the message holds each byte once, and each part is what it was', () => {
    const before = restored(inline);
    const after = sliceInlineState(before);
    expect(encodeMessage(after).length).toBeLessThan(150_000); // whole runs would be 20 MB
    const [operator, same] = [before.operators[0], after.operators[0]];
    expect(bytesOf(same.keyed[0])).toEqual(bytesOf(operator.keyed[0]));
    expect([same.keyed[0].firstKeyGroup, same.keyed[0].offsets]).toEqual([3, [100, 5000, 10_000]]);
    expect(same.lists[0].elements.map(bytesOf)).toEqual(operator.lists[0].elements.map(bytesOf));
    for (const { state } of [...same.keyed, ...same.lists[0].elements]) expect(state.kind === 'inline' && crc32(state.bytes) === state.crc32).toBe(true);
  });

  it('given state in a file / then it is left as it is', () => {
    expect(sliceInlineState(restored(file))).toEqual(restored(file));
  });
});

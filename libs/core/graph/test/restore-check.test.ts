import { describe, expect, it } from '@jest/globals';
import {
  adoptMaxParallelism,
  checkRestorable,
  checkUids,
  MissingUidError,
  operatorIdOfUid,
  RestoreMismatchError,
  type CompiledJob,
  type SnapshotOperator,
} from '../src/index.js';
import { compile, edge, hash, node, specs } from './graphs.js';

const job = (countUid: string | null = 'count', maxParallelism?: number, parallelism = 1): CompiledJob =>
  compile(
    [
      node(1, 'in', specs.source, { uid: 'in' }),
      node(2, 'count', specs.reduce, { uid: countUid ?? undefined, maxParallelism, parallelism }),
      node(3, 'm', specs.map),
    ],
    [edge(1, 2, hash), edge(2, 3)],
  );
const remembered = (uid: string, maxParallelism = 128, stateful = true): SnapshotOperator => ({
  operatorId: operatorIdOfUid(uid), uid, name: `op ${uid}`, stateful, maxParallelism,
});
const strict = { allowNonRestoredState: false };
const lenient = { allowNonRestoredState: true };

describe('a restore', () => {
  it('is accepted when every state finds its operator, new operators notwithstanding', () => {
    expect(() => checkRestorable([remembered('in'), remembered('gone', 128, false)], job(), strict)).not.toThrow();
  });
  it('names state that the job lacks, and the uid that looks like it', () => {
    expect(() => checkRestorable([remembered('in'), remembered('counts')], job(), strict)).toThrow(
      'the snapshot has state of uid counts (op counts), which the job lacks; the job has the new uid count',
    );
    expect(() => checkRestorable([remembered('in'), remembered('counts')], job(), lenient)).not.toThrow();
  });
  it('refuses stateful operators without uid, unless the user restores by position', () => {
    const nameless = job(null);
    expect(() => checkRestorable([remembered('in')], nameless, strict)).toThrow(MissingUidError);
    expect(() => checkRestorable([remembered('in')], nameless, lenient)).not.toThrow();
    expect(checkUids(nameless)).toEqual(
      ['operator count keeps state but has no uid: its state is lost when the graph changes; call .uid(...)'],
    );
    expect(checkUids(job())).toEqual([]);
  });
  it('never accepts another max parallelism, or a parallelism above it', () => {
    expect(() => checkRestorable([remembered('count', 128)], job('count', 256), lenient)).toThrow(RestoreMismatchError);
    expect(() => checkRestorable([remembered('count', 2)], job('count', undefined, 3), lenient)).toThrow(RestoreMismatchError);
  });
  it('adopts the max parallelism of the snapshot where the user set none, and the hash stays', () => {
    const compiled = job();
    const adopted = adoptMaxParallelism(compiled, [remembered('count', 512)]);
    expect(adopted.graph.vertices.map((v) => v.maxParallelism)).toEqual([512]);
    expect(adopted.graph.hash).toBe(compiled.graph.hash);
    expect(adoptMaxParallelism(job('count', 256), [remembered('count', 512)]).graph.vertices[0].maxParallelism).toBe(256);
    expect(() => adoptMaxParallelism(compiled, [remembered('in', 64), remembered('count', 512)])).toThrow(RestoreMismatchError);
  });
});

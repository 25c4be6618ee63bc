import { describe, expect, it } from '@jest/globals';
import {
  assert,
  AssertionFailedError,
  assertNever,
  attemptKey,
  checkpointId,
  failureInfo,
  isWeirError,
  jobId,
  leaderEpoch,
  operatorId,
  RemoteFailureError,
  toError,
  vertexId,
  WeirError,
} from '../src/index.js';

class DiskFullError extends WeirError {
  constructor(cause?: unknown) {
    super({
      code: 'WEIR_DISK_FULL',
      domain: 'external',
      retry: 'later',
      message: 'no space in /data',
      hint: 'Free some space.',
      cause,
      details: { path: '/data' },
    });
  }
}

describe('errors', () => {
  it('carry code, domain, retry, hint, details and cause', () => {
    const cause = new Error('ENOSPC');
    const error = new DiskFullError(cause);
    expect(error).toMatchObject({ name: 'DiskFullError', code: 'WEIR_DISK_FULL', domain: 'external', retry: 'later', cause });
    expect(error).toMatchObject({ hint: 'Free some space.', details: { path: '/data' } });
    expect('cause' in new DiskFullError()).toBe(false);
    expect([isWeirError(error), isWeirError(cause), isWeirError('WEIR_X'), isWeirError(undefined)]).toEqual([true, false, false, false]);
  });

  it('are recognized by their code when made by another copy of this module', () => {
    expect(isWeirError(Object.assign(new Error('x'), { code: 'WEIR_X' }))).toBe(true);
    expect(isWeirError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
  });

  it('travel as data with their causes and are thrown again elsewhere', () => {
    const info = failureInfo(new DiskFullError(new Error('ENOSPC')));
    expect(info).toMatchObject({ code: 'WEIR_DISK_FULL', retry: 'later', cause: { code: 'WEIR_USER_CODE_FAILED', message: 'ENOSPC' } });
    const again = new RemoteFailureError(JSON.parse(JSON.stringify(info)) as typeof info);
    expect(again).toMatchObject({ name: 'DiskFullError', code: 'WEIR_DISK_FULL', hint: 'Free some space.', stack: info.stack });
    expect(again.cause).toBeInstanceOf(RemoteFailureError);
    expect(failureInfo(again).code).toBe('WEIR_DISK_FULL');
    expect(again.domain).toBe(new DiskFullError(undefined).domain);
  });

  it('of user code get the fallback code, of invariants their own, and causes end at the depth', () => {
    expect(failureInfo('thrown text')).toMatchObject({ code: 'WEIR_USER_CODE_FAILED', message: 'thrown text', retry: 'restart' });
    expect(failureInfo(new AssertionFailedError('x')).code).toBe('WEIR_INVARIANT_BROKEN');
    const loop = new Error('loop');
    loop.cause = loop;
    let depth = 0;
    for (let info = failureInfo(loop).cause; info !== undefined; info = info.cause) depth++;
    expect(depth).toBe(4);
    expect(toError(undefined).message).toBe('undefined');
  });
});

describe('assertions', () => {
  it('pass or fail with their message', () => {
    expect(() => assert(true, 'never seen')).not.toThrow();
    expect(() => assert(0, 'expected 1, got 0')).toThrow(new AssertionFailedError('expected 1, got 0'));
    expect(() => assertNever('odd' as never, 'state')).toThrow('unexpected state: "odd"');
  });
});

describe('ids', () => {
  const hex = '0123456789abcdef0123456789abcdef';
  it('are made only of what they name', () => {
    expect([jobId(hex), operatorId(hex), vertexId(hex)]).toEqual([hex, hex, hex]);
    for (const make of [jobId, operatorId, vertexId]) {
      for (const bad of ['', hex.toUpperCase(), `${hex}0`, `${hex}\n`]) expect(() => make(bad)).toThrow(AssertionFailedError);
    }
    for (const make of [checkpointId, leaderEpoch]) {
      expect(make(1)).toBe(1);
      for (const bad of [0, -1, 1.5, Number.NaN]) expect(() => make(bad)).toThrow(AssertionFailedError);
    }
  });
  it('of an attempt have one text', () => {
    expect(attemptKey({ epoch: leaderEpoch(3), attempt: 2, vertexId: vertexId(hex), subtaskIndex: 1 })).toBe(`3.2/${hex}/1`);
  });
});

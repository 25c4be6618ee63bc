import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actorAddress, addressOfSubject, nodeOf, pathOf, subjectOfAddress } from '@weir/actor';

const segment = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/);

describe('addresses', () => {
  it('map one to one to subjects of lower-case words, digits, - and _', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 2, maxLength: 5 }), (segments) => {
        const address = segments.join('/');
        const subject = subjectOfAddress(address);
        expect(subject).toMatch(/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/);
        expect(addressOfSubject(subject)).toBe(address);
      }),
    );
  });

  it('name their node and path', () => {
    const address = actorAddress('tm-3', 'job/0a/1.0/v/2');
    expect([nodeOf(address), pathOf(address), subjectOfAddress(address)]).toEqual(['tm-3', 'job/0a/1.0/v/2', 'tm-3.job.0a.1_d0.v.2']);
  });

  it('refuse what is not a path', () => {
    for (const path of ['', 'a//b', 'A', 'a b', '/a', 'a/']) expect(() => actorAddress('n', path)).toThrow('segments of [a-z0-9_.-]');
  });
});

/** B1 to B3 against a model: two lists and a bound. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Mail, Mailbox } from '../src/mailbox.js';

type Step = { readonly type: 'user'; readonly sender: number } | { readonly type: 'own' } | { readonly type: 'system' } | { readonly type: 'take' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('user' as const), sender: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('own' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('system' as const) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('take' as const) }) },
);

describe('Mailbox', () => {
  it('gives system messages first, user messages in order, and takes no more than its capacity from others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const mailbox = new Mailbox<number>(capacity);
        const system: number[] = [];
        const user: string[] = [];
        let number = 0;
        for (const { type, ...rest } of steps) {
          number++;
          if (type === 'system') {
            mailbox.postSystem(number);
            system.push(number);
          } else if (type === 'own') {
            mailbox.offerOwn(new Mail(`self-${number}`, undefined, undefined));
            user.push(`self-${number}`);
          } else if (type === 'user') {
            const message = `${(rest as { sender: number }).sender}-${number}`;
            const full = user.length >= capacity;
            expect(mailbox.offer(new Mail(message, undefined, undefined)) === 'accepted').toBe(!full);
            if (!full) user.push(message);
          } else if (mailbox.systemSize > 0) {
            expect(mailbox.takeSystem()).toBe(system.shift());
          } else {
            expect(mailbox.takeUser()?.message).toBe(user.shift());
          }
          expect([mailbox.systemSize, mailbox.userSize]).toEqual([system.length, user.length]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('tells the first refusal of an episode from the others; half empty ends the episode', () => {
    const mailbox = new Mailbox<never>(4);
    const offer = (): string => mailbox.offer(new Mail(0, undefined, undefined));
    expect([1, 2, 3, 4, 5, 6].map(offer)).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'full-first', 'full']);
    mailbox.takeUser();
    expect([offer(), offer()]).toEqual(['accepted', 'full']);
    for (let i = 0; i < 3; i++) mailbox.takeUser();
    expect([1, 2, 3, 4].map(offer)).toEqual(['accepted', 'accepted', 'accepted', 'full-first']);
  });
});

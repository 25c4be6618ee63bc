/** What every Transport must do (T1 to T5), as Jest tests, gated by what it declares that it can. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection, Transport } from '@weir/ports';

export interface TransportFixture {
  readonly transport: Transport;
  /** Lets the transport work until the condition holds; rejects when it does not. */
  until(condition: () => boolean): Promise<void>;
  /** Breaks the node's connections for a while; undefined when they cannot break. */
  breakNode?(node: string): void;
  cleanUp?(): Promise<void>;
}

export interface TransportCapabilities {
  /** `onNoReceiver` is always called when nobody is subscribed and nothing is broken. */
  readonly detectsNoReceiver: boolean;
}

/** Registers the suite. `makeFixture` is called for each test. */
export function transportConformance(name: string, capabilities: TransportCapabilities, makeFixture: () => Promise<TransportFixture>): void {
  describe(`${name} as a Transport`, () => {
    let fixture: TransportFixture;
    let a: Connection;
    let b: Connection;
    beforeEach(async () => {
      fixture = await makeFixture();
      a = await fixture.transport.connect('a', 'control');
      b = await fixture.transport.connect('b', 'control');
    });
    afterEach(async () => {
      await a.close();
      await b.close();
      await fixture.cleanUp?.();
    });

    const received = async (connection: Connection, subject: string): Promise<unknown[]> => {
      const messages: unknown[] = [];
      connection.subscribe(subject, (message) => messages.push(message));
      await settledFlush(connection);
      return messages;
    };

    const settledFlush = async (connection: Connection): Promise<void> => {
      let done = false;
      const flushed = connection.flush().then(() => {
        done = true;
      });
      await fixture.until(() => done);
      await flushed;
    };

    /** Returns when what was published before has had its chance to arrive. */
    const everythingArrived = async (): Promise<void> => {
      const fence = await received(b, 'b.fence.quiet');
      a.publish('b.fence.quiet', 0);
      await fixture.until(() => fence.length === 1);
    };

    it('T1, T2: delivers every message once and in order', async () => {
      const messages = await received(b, 'b.orders.1');
      for (let i = 0; i < 500; i++) a.publish('b.orders.1', { i });
      await fixture.until(() => messages.length >= 500);
      expect(messages).toEqual(Array.from({ length: 500 }, (_, i) => ({ i })));
    });

    it('T2: keeps the order of each subject when many are in use', async () => {
      const lists = await Promise.all(['b.s.0', 'b.s.1', 'b.s.2'].map((subject) => received(b, subject)));
      for (let i = 0; i < 90; i++) a.publish(`b.s.${i % 3}`, i);
      await fixture.until(() => lists.every((list) => list.length === 30));
      lists.forEach((list, s) => expect(list).toEqual(Array.from({ length: 30 }, (_, i) => 3 * i + s)));
    });

    it('T4: never hands over within the call of publish', async () => {
      const messages = await received(b, 'b.later');
      a.publish('b.later', 1);
      expect(messages).toEqual([]);
      await fixture.until(() => messages.length === 1);
    });

    it('T4: delivers to the publisher itself in the same way', async () => {
      const messages = await received(a, 'a.self');
      a.publish('a.self', 1);
      expect(messages).toEqual([]);
      await fixture.until(() => messages.length === 1);
    });

    it('T5: hands over by reference exactly when it says so', async () => {
      const messages = await received(b, 'b.ref');
      const message = { nested: { bytes: new Uint8Array([1, 2, 3]) } };
      a.publish('b.ref', message);
      await fixture.until(() => messages.length === 1);
      expect(messages[0]).toEqual(message);
      expect(messages[0] === message).toBe(fixture.transport.byReference);
    });

    it('hands over nothing after unsubscribe', async () => {
      const messages: unknown[] = [];
      const subscription = b.subscribe('b.gone', (message) => messages.push(message));
      await settledFlush(b);
      a.publish('b.gone', 1);
      subscription.unsubscribe();
      subscription.unsubscribe();
      await everythingArrived();
      expect(messages).toEqual([]);
    });

    it('refuses a second subscriber of a subject, and takes one after the first left', async () => {
      const first = b.subscribe('b.taken', () => undefined);
      expect(() => b.subscribe('b.taken', () => undefined)).toThrow(expect.objectContaining({ code: 'WEIR_TRANSPORT_SUBJECT_TAKEN' }));
      first.unsubscribe();
      b.subscribe('b.taken', () => undefined).unsubscribe();
    });

    it('subscribes below its own node only, for that is where messages find the way by', async () => {
      expect(() => a.subscribe('b.elsewhere', () => undefined)).toThrow(/b\.elsewhere/);
      expect(() => a.subscribe('ab.elsewhere', () => undefined)).toThrow(/ab\.elsewhere/);
      const messages = await received(a, 'a.deep.below');
      b.publish('a.deep.below', 1);
      await fixture.until(() => messages.length === 1);
    });

    it('drops what nobody subscribed', async () => {
      a.publish('b.nobody', 1);
      await everythingArrived();
    });

    it('says that there was a receiver by silence', async () => {
      const messages = await received(b, 'b.somebody');
      let nobody = false;
      a.publishExpectingReceiver('b.somebody', 1, () => {
        nobody = true;
      });
      await fixture.until(() => messages.length === 1);
      await everythingArrived();
      expect(nobody).toBe(false);
    });

    if (capabilities.detectsNoReceiver) {
      it('tells when nobody was subscribed, later than the call', async () => {
        let nobody = false;
        a.publishExpectingReceiver('b.nobody', 1, () => {
          nobody = true;
        });
        expect(nobody).toBe(false);
        await fixture.until(() => nobody);
      });
    }

    it('throws after close, and receives nothing', async () => {
      const messages = await received(b, 'b.closed');
      await b.close();
      expect(() => b.publish('b.x', 1)).toThrow(expect.objectContaining({ code: 'WEIR_TRANSPORT_CLOSED' }));
      expect(() => b.subscribe('b.x', () => undefined)).toThrow(expect.objectContaining({ code: 'WEIR_TRANSPORT_CLOSED' }));
      a.publish('b.closed', 1);
      const fence: unknown[] = [];
      a.subscribe('a.fence', (message) => fence.push(message));
      await settledFlush(a);
      a.publish('a.fence', 1);
      await fixture.until(() => fence.length === 1);
      expect(messages).toEqual([]);
    });

    it('T3: tells the owner of each break, and carries messages again afterwards', async () => {
      let breaks = 0;
      const listening = a.onDisconnect(() => {
        breaks++;
      });
      if (fixture.breakNode !== undefined) {
        const messages = await received(b, 'b.after');
        fixture.breakNode('a');
        await fixture.until(() => breaks === 1);
        let tries = 0;
        await fixture.until(() => {
          a.publish('b.after', tries++);
          return messages.length > 0;
        });
      }
      listening.unsubscribe();
      expect(breaks).toBe(fixture.breakNode === undefined ? 0 : 1);
    });
  });
}

/** A thread that does what a test's `Command`s on `<node>.do` say, and reports to `main.report`. */
import { silentLogger, type Timers } from '@weir/ports';
import { enterThread } from '@weir/transport-worker';
import { messageAt, numberOf } from './ring-messages.js';

export type Command =
  /** Publishes `count` messages on `subject`, of sizes up to `maxBytes`. */
  | { readonly type: 'stream'; readonly subject: string; readonly count: number; readonly maxBytes: number }
  /** Checks what comes on `subject`; reports `checked` when `count` have come. */
  | { readonly type: 'check'; readonly subject: string; readonly count: number }
  /** Sends what comes on `subject` back on `to`. */
  | { readonly type: 'echo'; readonly subject: string; readonly to: string }
  | { readonly type: 'spin' }
  | { readonly type: 'throw'; readonly text: string }
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'allocate' };

const timers: Timers = {
  after: () => {
    throw new Error('not used');
  },
  defer: (callback) => {
    setImmediate(callback);
  },
};

async function main(): Promise<void> {
  const { data, transport, ready } = enterThread({ timers, logger: silentLogger });
  const { node } = data as { node: string };
  const control = await transport.connect(node, 'control');
  const channel = await transport.connect(node, 'data');
  const report = (text: string): void => control.publish('main.report', { node, text });
  control.subscribe(`${node}.do`, (message) => {
    const command = message as Command;
    switch (command.type) {
      case 'stream':
        for (let i = 0; i < command.count; i++) channel.publish(command.subject, messageAt(i, command.maxBytes));
        report('streamed');
        break;
      case 'check': {
        let expected = 0;
        channel.subscribe(command.subject, (bytes) => {
          const found = numberOf(bytes as Uint8Array);
          if (found !== expected) report(`found ${found} where ${expected} was due`);
          expected = found + 1;
          if (expected === command.count) report(`checked ${expected}`);
        });
        report('checking');
        break;
      }
      case 'echo':
        channel.subscribe(command.subject, (bytes) => channel.publish(command.to, bytes));
        report('echoing');
        break;
      case 'spin':
        for (;;) Atomics.load(new Int32Array(1), 0);
      case 'throw':
        throw new Error(command.text);
      case 'exit':
        process.exit(command.code);
        break;
      case 'allocate': {
        const kept: string[][] = [];
        for (let i = 0; ; i++) kept.push(Array.from({ length: 10_000 }, (_, j) => `${i}-${j}`));
      }
    }
  });
  ready();
}

main().catch((error: unknown) => {
  throw error;
});

/** The consuming thread: sums up what comes through a channel, as a task would take it, and echoes. */
import { InputChannel } from '@weir/task/internal';
import { enterThread } from '@weir/transport-worker';
import { channelOf, host } from './host.js';
import type { Reading } from './records.js';

async function main(): Promise<void> {
  const { transport, ready } = enterThread(host);
  const control = await transport.connect('consumer', 'control');
  const data = await transport.connect('consumer', 'data');

  control.subscribe('consumer.run', (message) => {
    const { run, framesInFlight } = message as { run: number; framesInFlight: number };
    let sum = 0;
    let count = 0;
    let scheduled = false;
    const fail = (error: Error): void => {
      throw error;
    };
    const turn = (): void => {
      scheduled = false;
      while (channel.readable) {
        const frame = channel.take();
        if (frame.kind === 'end-of-data') {
          channel.close();
          control.publish('main.done', { count, sum });
        } else if (frame.kind === 'data') {
          count += frame.count;
          for (let i = 0; i < frame.count; i++) {
            const record = frame.values[i] as Reading;
            sum += record.id + record.text.length;
          }
        }
      }
    };
    const channel = new InputChannel(0, 0, 0, channelOf(run), data, framesInFlight, () => {
      if (scheduled) return;
      scheduled = true;
      host.timers.defer(turn);
    }, fail, true);
    channel.open();
  });
  data.subscribe('consumer.echo', (message) => data.publish('main.echo', message));
  ready();
}

main().catch((error: unknown) => {
  throw error;
});

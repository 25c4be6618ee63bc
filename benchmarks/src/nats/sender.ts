/** The sending process: frames as far as the receiver's cumulative credit goes, as a data channel does. */
import { openWay, type WayName } from './ways.js';

export const FRAMES_SUBJECT = 'receiver.data.0123456789abcdef.1.edge-3.0.7';
export const CREDIT_SUBJECT = 'sender.credit.0123456789abcdef.1.edge-3.0.7';

export interface SendOrder {
  readonly way: WayName;
  readonly url: string;
  readonly frames: number;
  readonly frameBytes: number;
}

/** CPU time of the sending process from the first frame to the last credit, milliseconds. */
export interface SendReport {
  readonly cpuMs: number;
}

async function send({ way: name, url, frames, frameBytes }: SendOrder): Promise<SendReport> {
  const way = await openWay(name, url, 'sender');
  const done = new Promise<void>((resolve) => {
    let next = 0;
    way.subscribe(CREDIT_SUBJECT, (credit) => {
      const upTo = new DataView(credit.buffer, credit.byteOffset).getFloat64(0);
      while (next < upTo && next < frames) {
        const frame = new Uint8Array(frameBytes); // a fresh one, as the columnar writer gives
        new DataView(frame.buffer).setFloat64(0, next++);
        way.publish(FRAMES_SUBJECT, frame);
      }
      if (upTo === Number.POSITIVE_INFINITY) resolve();
    });
  });
  await way.ready();
  process.send?.('ready');
  const before = process.cpuUsage();
  await done;
  const { user, system } = process.cpuUsage(before);
  await way.close();
  return { cpuMs: (user + system) / 1000 };
}

if (process.send !== undefined) {
  process.on('message', (order: SendOrder) => {
    void send(order).then((report) => process.send?.(report));
  });
}

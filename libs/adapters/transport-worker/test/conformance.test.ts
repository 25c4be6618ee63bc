/** The rules of every Transport: nodes in two threads, one of them in the main thread, both in one; for data by rings, also of a size that always overflows. */
import { describe } from '@jest/globals';
import type { Transport } from '@weir/ports';
import { transportConformance } from '@weir/testing/conformance';
import { HubRig, until } from './in-threads.js';

/** The suite speaks of control; the same rules hold for data. */
function asData(transport: Transport): Transport {
  return { kind: transport.kind, byReference: transport.byReference, connect: (nodeId) => transport.connect(nodeId, 'data') };
}

const fixtures: readonly [string, (rig: HubRig) => Transport, number?][] = [
  ['control between threads', (rig) => rig.perNode()],
  ['control from the main thread', (rig) => rig.perNode('a')],
  ['control to the main thread', (rig) => rig.perNode('b')],
  ['control within a thread', (rig) => rig.thread()],
  ['control within the main thread', (rig) => rig.hub],
  ['data between threads', (rig) => asData(rig.perNode())],
  ['data between threads, with small rings', (rig) => asData(rig.perNode()), 4096],
  ['data from the main thread', (rig) => asData(rig.perNode('a'))],
  ['data to the main thread', (rig) => asData(rig.perNode('b')), 4096],
  ['data within a thread', (rig) => asData(rig.thread())],
];
describe.each(fixtures)('%s', (_name, transportOf, ringBytes) => {
  transportConformance('WorkerTransport', { detectsNoReceiver: true }, () => {
    const rig = new HubRig(ringBytes === undefined ? {} : { ringBytes });
    const cleanUp = (): Promise<void> => {
      rig.close();
      return Promise.resolve();
    };
    return Promise.resolve({ transport: transportOf(rig), until, cleanUp });
  });
});

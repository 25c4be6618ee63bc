/** The fakes and the simulated parts pass the same suites as the real ones. */
import { MemoryFileStore, MemoryHighAvailability } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import { fileStoreConformance, highAvailabilityConformance, transportConformance } from '@weir/testing/conformance';

fileStoreConformance('MemoryFileStore', async () => {
  const store = new MemoryFileStore();
  await store.makeDirectory('dir');
  return { store, directory: 'dir' };
});

highAvailabilityConformance('MemoryHighAvailability', () => {
  const shared = new MemoryHighAvailability();
  return Promise.resolve({ contender: () => shared });
});

for (const seed of [1, 2, 3]) {
  transportConformance(`SimulatedTransport with seed ${seed}`, { detectsNoReceiver: true }, () => {
    const world = new SimulatedWorld({ seed });
    return Promise.resolve({
      transport: world.transport,
      until: (condition) => world.until(condition),
      breakNode: (node) => world.disconnect(node),
    });
  });
}

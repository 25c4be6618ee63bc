/** The fakes and the simulated parts pass the same suites as the real ones. */
import { drainMicrotasks, MemoryFileStore, MemoryHighAvailability, MemoryLeaderRegister } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import { fileStoreConformance, highAvailabilityConformance, leaderRegisterConformance, transportConformance } from '@weir/testing/conformance';

fileStoreConformance('MemoryFileStore', async () => {
  const store = new MemoryFileStore();
  await store.makeDirectory('dir');
  return { store, directory: 'dir' };
});

highAvailabilityConformance('MemoryHighAvailability', () => {
  const shared = new MemoryHighAvailability();
  return Promise.resolve({ contender: () => shared });
});

leaderRegisterConformance('MemoryLeaderRegister', () => {
  const shared = new MemoryLeaderRegister();
  return Promise.resolve({
    contender: () => Promise.resolve(shared.as('a contender')),
    until: async (condition) => {
      for (let turns = 0; !(await condition()); turns++) {
        if (turns > 100) throw new Error(`gave up waiting for ${condition.toString()}`);
        await drainMicrotasks();
      }
    },
    lose: () => Promise.resolve(shared.lose()),
  });
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

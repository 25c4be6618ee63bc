/**
 * A first simulation. Strategy: each seed draws a schedule of faults (kill an actor, kill, pause or cut off a node, split the network) over
 * the first virtual seconds of the counter service; then everything is healed and all increments must come through.
 * Invariants: every acknowledged increment is applied, and each applied one exactly once; the service gets live again.
 */
import { describe, expect, it } from '@jest/globals';
import type { ActorSystem } from '@weir/actor';
import { SimulatedWorld } from '@weir/testing';
import { makeSystem, type PlantedBug, readState, startCoordinator, startHost } from './support/counter-service.js';

const INCREMENTS = 30;
const WORKERS = ['tm-1', 'tm-2'];
const FAULTY_MS = 6000;

interface Outcome {
  readonly hash: string;
  readonly attempts: number;
  readonly steps: number;
}

async function simulateCounter(seed: number, bug?: PlantedBug): Promise<Outcome> {
  const world = new SimulatedWorld({ seed });
  await world.files.makeDirectory('state');
  for (const name of WORKERS) startHost(world.node(name), bug);
  const system = makeSystem(world.node('jm'));
  const view = startCoordinator(system, WORKERS, INCREMENTS);
  scheduleFaults(world, system, bug, () => view.counter);
  await world.until(() => view.acknowledged.size === INCREMENTS, { withinMs: 120_000 });
  const { value, applied } = await readState(world.files);
  const lost = [...view.acknowledged].filter((id) => !applied.includes(id));
  if (lost.length > 0) throw world.failure(`acknowledged increments are lost: ${lost.join()}`);
  if (value !== applied.length) throw world.failure(`${applied.length} increments were applied ${value} times`);
  return { hash: world.traceHash, attempts: view.attempt, steps: world.steps };
}

function scheduleFaults(world: SimulatedWorld, system: ActorSystem, bug: PlantedBug | undefined, counter: () => string | undefined): void {
  const { random } = world;
  const names = ['jm', ...WORKERS];
  const kinds = ['boom', 'crash', 'disconnect', 'partition', 'pause'] as const;
  const count = 1 + random.nextInt(8);
  for (let i = 0; i < count; i++) {
    const kind = random.pick(kinds);
    const worker = random.pick(WORKERS);
    const lengthMs = random.next() * 3000;
    world.after(random.next() * FAULTY_MS, `fault ${kind}`, () => {
      switch (kind) {
        case 'boom': {
          const address = counter();
          if (address !== undefined) system.tell(address, { type: 'boom' });
          return;
        }
        case 'crash':
          world.crash(worker);
          world.after(lengthMs, `restart ${worker}`, () => void startHost(world.restart(worker), bug));
          return;
        case 'disconnect':
          world.disconnect(random.pick(names));
          return;
        case 'partition':
          world.partition('jm', worker, random.pick(['both', 'one-way'] as const));
          world.after(lengthMs, 'heal', () => world.heal());
          return;
        case 'pause':
          world.pause(worker);
          world.after(lengthMs, `resume ${worker}`, () => world.resume(worker));
          return;
      }
    });
  }
}

describe('the counter service under simulation', () => {
  it('applies every acknowledged increment exactly once, for 200 seeds', async () => {
    let attempts = 0;
    for (let seed = 1; seed <= 200; seed++) attempts += (await simulateCounter(seed)).attempts;
    expect(attempts).toBeGreaterThan(300); // the faults did bite
  }, 60_000);

  it('happens again in the same way for the same seed, and otherwise for another', async () => {
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const first = await simulateCounter(seed);
      expect(await simulateCounter(seed)).toEqual(first);
      hashes.add(first.hash);
    }
    expect(hashes.size).toBe(20);
  }, 60_000);

  for (const bug of ['no-dedupe', 'acknowledge-early', 'no-fence'] as const) {
    it(`finds the planted bug ${bug} within 300 seeds, and names the seed`, async () => {
      const found = await firstFailure(bug, 300);
      expect(found).toMatch(/^seed \d+: (acknowledged increments are lost|\d+ increments were applied \d+ times)/);
    }, 60_000);
  }
});

async function firstFailure(bug: PlantedBug, seeds: number): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const message = await simulateCounter(seed, bug).then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    if (message !== undefined) return message;
  }
  return undefined;
}

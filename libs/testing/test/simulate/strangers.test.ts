/**
 * Jobs as a stranger writes them who has read the tutorial and nothing else, each wrong in a way of which the tutorial does not speak. `simulate` as it comes
 * must refuse each, and say where to look.
 */
import { describe, expect, it } from '@jest/globals';
import type { JobDefinition } from '@weir/datastream';
import { simulate } from '../../src/index.js';
import sampledRooms from './jobs/sampled-rooms.js';
import sharedRooms from './jobs/shared-rooms.js';
import warmRooms from './jobs/warm-rooms.js';

const TIME_LIMIT_MS = 300_000;

async function messageOf(simulated: Promise<unknown>): Promise<string> {
  return simulated.then(() => 'nothing was found', (error: unknown) => String((error as Error).message));
}

describe('a stranger\'s job', () => {
  it('given a key that is kept in a closure / then the operator that signs with it is guilty, and the key is named that it wrongs', async () => {
    const message = await messageOf(simulate(warmRooms));
    expect(message).toMatch(/guilty {4}operator reports \(uid reports\)[^]*expected {2}"(attic|cellar|kitchen|study): [^]*got {7}"(attic|cellar|kitchen|study): /);
  }, TIME_LIMIT_MS);

  it('given a keyed function that draws lots / then it is guilty, and chance is named among the reasons', async () => {
    const message = await messageOf(simulate(sampledRooms));
    expect(message).toMatch(/guilty {4}operator sample \(uid sample\)[^]*(a random number|A fresh copy of the function)/);
  }, TIME_LIMIT_MS);

  it('given a record that two branches share and one changes / then the one that changes it is guilty, and not the one that shows it', async () => {
    const message = await messageOf(simulate(sharedRooms as JobDefinition<unknown>));
    expect(message).toMatch(/guilty {4}operator fahrenheit: changed record[^]*expected {2}\{degrees: 18, room: "attic"\}[^]*got {7}\{degrees: 64.4, room: "attic"\}/);
  }, TIME_LIMIT_MS);
});

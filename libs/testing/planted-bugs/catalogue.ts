/** All bugs that can be planted now, by number, and those that cannot yet. */
import { channelBugs } from './channel-bugs.js';
import { checkpointBugs } from './checkpoint-bugs.js';
import type { OpenBug, PlantedBug } from './planted-bug.js';
import { stateAndSinkBugs } from './state-and-sink-bugs.js';

export { plant } from './planted-bug.js';

const byNumber = (a: { readonly id: string }, b: { readonly id: string }): number => Number.parseInt(a.id, 10) - Number.parseInt(b.id, 10) || (a.id < b.id ? -1 : 1);

export const plantedBugs: readonly PlantedBug[] = [...channelBugs, ...checkpointBugs, ...stateAndSinkBugs].sort(byNumber);

export const openBugs: readonly OpenBug[] = [];

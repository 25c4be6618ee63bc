/** The simulated backend keeps the contract of every state backend. */
import { ManualClock } from '@weir/ports';
import { stateBackendConformance } from '@weir/testing/conformance';
import { keyGroupFilesOn } from '../../src/simulate/key-group-files.js';

stateBackendConformance('files of key groups', () => {
  const clock = new ManualClock(0);
  return Promise.resolve({ clock, backends: keyGroupFilesOn(clock) });
}, { incremental: 'across-restores' }, 40);

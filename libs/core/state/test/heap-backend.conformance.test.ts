import { heapStateBackends } from '@weir/state';
import { stateBackendConformance } from '@weir/testing/conformance';

stateBackendConformance('heap', () => Promise.resolve({ backends: heapStateBackends }), { incremental: false });

export { fileStoreConformance, type FileStoreFixture } from './file-store.js';
export { highAvailabilityConformance, type HighAvailabilityFixture } from './high-availability.js';
export { leaderRegisterConformance, type LeaderRegisterFixture } from './leader-register.js';
export { stateBackendConformance, type StateBackendCapabilities, type StateBackendFixture } from './state-backend.js';
export { type TransportCapabilities, transportConformance, type TransportFixture } from './transport.js';

export { fileStoreConformance, type FileStoreFixture } from './file-store.js';
export { highAvailabilityConformance, type HighAvailabilityFixture } from './high-availability.js';
export { type TransportCapabilities, transportConformance, type TransportFixture } from './transport.js';

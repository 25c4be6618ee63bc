export { Telemetry, type TelemetryOptions } from './telemetry.js';
export { OtelTracer } from './otel-tracer.js';

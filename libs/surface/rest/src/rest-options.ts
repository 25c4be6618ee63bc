/** Options of the REST server. Keys are Flink's where the meaning is the same. */
import { configOption } from '@weir/base';

export const restOptions = {
  bindAddress: configOption.string('rest.bind-address', '127.0.0.1', 'Address that the REST server listens on. Any but loopback needs rest.authentication.token.'),
  port: configOption.integer('rest.port', 8081, 'Port of the REST server and dashboard; 0 takes any free one.'),
  token: configOption.string('rest.authentication.token', '', 'Token that every request must carry as `Authorization: Bearer …`; at least 16 characters. Empty: none, for loopback only.'),
  maxHeaderSize: configOption.sizeBytes('rest.server.max-header-size', 256 * 1024, 'Longest request line and headers together.'),
  maxUploadSize: configOption.sizeBytes('rest.server.max-content-length', 64 * 1024 * 1024, 'Longest uploaded artifact.'),
  requestTimeout: configOption.durationMs('rest.server.request-timeout', 30_000, 'A request that has not arrived whole after this long is dropped.'),
  submitEnabled: configOption.boolean('web.submit.enable', true, 'Takes programs and runs them over REST.'),
  cancelEnabled: configOption.boolean('web.cancel.enable', true, 'Cancels and stops jobs over REST.'),
};

/** nats-servers of the cluster under test: one, or three that replicate. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './program.js';

export interface NatsServerPlan {
  readonly id: string;
  readonly port: number;
  readonly routePort: number;
  readonly store: string;
  readonly configuration: string;
}

/** The one that tests and `weir cluster up` use. */
export function natsBinary(): string {
  return execFileSync(process.execPath, [join(root, 'tools/scripts/nats-server.mjs')], { encoding: 'utf8' }).trim();
}

export function writeNatsConfiguration(server: NatsServerPlan, all: readonly NatsServerPlan[]): void {
  const routes = all.filter((it) => it !== server).map(({ routePort }) => `"nats://127.0.0.1:${routePort}"`);
  const lines = [
    `server_name: "${server.id}"`,
    `listen: "127.0.0.1:${server.port}"`,
    `jetstream { store_dir: "${server.store}", sync_interval: always }`,
    'write_deadline: "10s"',
    'ping_interval: "5s"',
    'ping_max: 2',
    ...(routes.length === 0 ? [] : [`cluster { name: "chaos", listen: "127.0.0.1:${server.routePort}", routes: [${routes.join(', ')}] }`]),
  ];
  writeFileSync(server.configuration, `${lines.join('\n')}\n`);
}

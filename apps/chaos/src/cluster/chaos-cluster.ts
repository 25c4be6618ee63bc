/**
 * The cluster under test and its supervisor: real processes, each behind its own proxy to NATS. Whoever starts one must `close` it.
 *
 *   <directory>/storage, artifacts, nats-N      as a user's cluster has them
 *   <own>/logs, nats-N.conf
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { LinkProxy } from './link-proxy.js';
import { Member, type MemberEvent, type Role } from './member.js';
import { natsBinary, writeNatsConfiguration, type NatsServerPlan } from './nats-members.js';
import type { Program } from './program.js';
import type { ClusterShape } from './shape.js';

export interface ClusterOptions {
  /** What the cluster writes and must find again. */
  readonly directory: string;
  /** Logs and configuration; not on a disk that is cut off. */
  readonly own: string;
  readonly program: Program;
  readonly shape: ClusterShape;
  readonly onEvent: (event: MemberEvent) => void;
}

export class ChaosCluster {
  readonly members = new Map<string, Member>();
  /** By member, one for each NATS server. */
  readonly links = new Map<string, readonly LinkProxy[]>();
  readonly restUrls: string[] = [];
  private readonly natsPlans: NatsServerPlan[] = [];

  constructor(private readonly options: ClusterOptions) {}

  get directory(): string {
    return this.options.directory;
  }

  get shape(): ClusterShape {
    return this.options.shape;
  }

  get program(): Program {
    return this.options.program;
  }

  get storage(): string {
    return join(this.directory, 'storage');
  }

  async start(): Promise<void> {
    const { directory, own, shape } = this.options;
    for (const folder of [join(directory, 'storage'), join(directory, 'artifacts'), join(own, 'logs')]) mkdirSync(folder, { recursive: true });
    await this.planNats();
    for (let i = 1; i <= shape.jobManagers; i++) {
      const port = await freePort();
      this.restUrls.push(`http://127.0.0.1:${port}`);
      await this.planWeir('jobmanager', `jm-${i}`, { 'rest.port': String(port) });
    }
    for (let i = 1; i <= shape.taskManagers; i++) await this.planWeir('taskmanager', `tm-${i}`, { 'taskmanager.numberOfTaskSlots': String(shape.slots) });
    for (const member of this.members.values()) member.start();
  }

  of(role: Role): Member[] {
    return [...this.members.values()].filter((it) => it.role === role);
  }

  member(id: string): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`there is no ${id}`);
    return member;
  }

  linksOf(id: string): readonly LinkProxy[] {
    return this.links.get(id) ?? [];
  }

  log(id: string): string {
    return readFileSync(this.logFile(id), 'utf8');
  }

  logFile(id: string): string {
    return join(this.options.own, 'logs', `${id}.log`);
  }

  /** Of a NATS server that does not run: it starts anew, without streams. */
  wipeNats(id: string): void {
    const plan = this.natsPlans.find((it) => it.id === id);
    if (plan === undefined) throw new Error(`there is no ${id}`);
    rmSync(plan.store, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    const [nats, others] = [this.of('nats'), [...this.members.values()].filter(({ role }) => role !== 'nats')];
    for (const links of this.links.values()) for (const link of links) link.heal();
    await Promise.all(others.map((it) => it.end()));
    await Promise.all(nats.map((it) => it.end()));
    await Promise.all([...this.links.values()].flat().map((link) => link.close()));
  }

  private async planNats(): Promise<void> {
    const { directory, own, shape } = this.options;
    for (let i = 1; i <= shape.natsServers; i++) {
      const store = join(directory, `nats-${i}`);
      this.natsPlans.push({ id: `nats-${i}`, port: await freePort(), routePort: await freePort(), store, configuration: join(own, `nats-${i}.conf`) });
    }
    const program = natsBinary();
    for (const plan of this.natsPlans) {
      writeNatsConfiguration(plan, this.natsPlans);
      this.add('nats', plan.id, program, () => ['--config', plan.configuration], {});
    }
  }

  private async planWeir(role: Role, id: string, special: Readonly<Record<string, string>>): Promise<void> {
    const { directory, own, shape, program } = this.options;
    const links = await Promise.all(this.natsPlans.map(({ port }) => LinkProxy.start(port)));
    this.links.set(id, links);
    const settings: Record<string, string> = {
      [`${role}.id`]: id, ...special, 'nats.servers': links.map(({ port }) => `nats://127.0.0.1:${port}`).join(','), 'high-availability.storageDir': this.storage,
      'job.artifact.dir': join(directory, 'artifacts'), 'log.dir': join(own, 'logs'), 'rest.address': '127.0.0.1', ...shape.settings,
    };
    const definitions = Object.entries(settings).flatMap(([key, value]) => ['-D', `${key}=${value}`]);
    this.add(role, id, process.execPath, () => [program.entry, role, ...definitions], {});
  }

  private add(role: Role, id: string, program: string, args: () => readonly string[], environment: Readonly<Record<string, string>>): void {
    const { directory, shape, onEvent } = this.options;
    const extra = shape.environment ?? {};
    const inherited = Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) => (value === undefined || key.startsWith('WEIR_') || key === 'NODE_OPTIONS' ? [] : [[key, value]])));
    const nice = shape.nice === undefined ? [] : ['nice', '-n', String(shape.nice)];
    this.members.set(id, new Member({
      role, id, program: nice.length > 0 ? nice[0] : program, args: () => [...nice.slice(1), ...(nice.length > 0 ? [program] : []), ...args()],
      environment: { ...inherited, WEIR_CHAOS_DIRECTORY: directory, ...environment, ...extra['*'], ...extra[role], ...extra[id] },
      workingDirectory: directory, logFile: this.logFile(id),
    }, onEvent));
  }
}

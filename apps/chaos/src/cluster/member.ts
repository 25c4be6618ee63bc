/**
 * One process of the cluster under test. It is started again when it dies, as an orchestrator would do, unless it is held down. Signals go only to
 * processes that were started here.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export type Role = 'nats' | 'jobmanager' | 'taskmanager';

export interface MemberPlan {
  readonly role: Role;
  readonly id: string;
  readonly program: string;
  readonly args: () => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly logFile: string;
}

export type MemberEvent = { readonly type: 'started' | 'died'; readonly id: string; readonly pid: number; readonly how: string };

/** What runs now, of all clusters of this driver: nothing of it survives the driver, however that ends, short of `kill -9`. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const RESTART_MS = 250;
const GRACE_MS = 6000;

export class Member {
  private child: ChildProcess | undefined;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  lives = 0;

  constructor(readonly plan: MemberPlan, private readonly onEvent: (event: MemberEvent) => void) {}

  get id(): string {
    return this.plan.id;
  }

  get role(): Role {
    return this.plan.role;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    this.wanted = true;
    if (this.child !== undefined) return;
    const { plan } = this;
    const log = openSync(plan.logFile, 'a');
    const child = spawn(plan.program, plan.args(), { cwd: plan.workingDirectory, env: plan.environment, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.child = child;
    this.lives++;
    running.add(child);
    child.once('exit', (code, signal) => this.ended(child, signal ?? `code ${code}`));
    child.once('error', (error) => this.ended(child, error.message));
    if (child.pid !== undefined) this.onEvent({ type: 'started', id: this.id, pid: child.pid, how: `life ${this.lives}` });
  }

  /** `kill -9`; started again unless `stayDown`. False when it did not run. */
  kill(stayDown = false): boolean {
    if (stayDown) this.hold();
    return this.signal('SIGKILL');
  }

  signal(name: NodeJS.Signals): boolean {
    if (name === 'SIGSTOP') this.stopped = true;
    if (name === 'SIGCONT') this.stopped = false;
    return this.child?.kill(name) ?? false;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** It is not started again when it ends. */
  hold(): void {
    this.wanted = false;
    clearTimeout(this.timer);
  }

  /** SIGTERM, then SIGKILL; resolves when it is gone. */
  async end(): Promise<void> {
    this.hold();
    const { child } = this;
    if (child === undefined) return;
    if (this.stopped) child.kill('SIGCONT');
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await this.gone();
    clearTimeout(kill);
  }

  async gone(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  private ended(child: ChildProcess, how: string): void {
    running.delete(child);
    if (this.child !== child) return;
    this.child = undefined;
    this.stopped = false;
    this.onEvent({ type: 'died', id: this.id, pid: child.pid ?? 0, how });
    if (this.wanted) this.timer = setTimeout(() => this.start(), RESTART_MS);
  }
}

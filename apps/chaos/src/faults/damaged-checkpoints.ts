/**
 * Everything is killed, the newest checkpoint is damaged, everything is started again: the job must stop with a coded error that names the file, before
 * any record is processed. Then the damage is undone, and the next one is tried; at the end the undamaged job goes on to its end.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { completedCheckpoints } from '../cluster/checkpoints.js';
import { askAny } from '../cluster/rest-client.js';
import { filesBelow, isCommitted } from '../oracles/committed.js';
import type { CheckResult, Workload, World } from '../workload.js';
import { DAMAGES, type Damage } from './damages.js';

const REFUSAL_LIMIT_MS = 60_000;
const REFUSED = /^WEIR_(CHECKPOINT|FILE)_/;

interface Details {
  readonly status: { readonly failure?: { readonly code: string; readonly message: string }; readonly checkpoints: { readonly last?: { readonly checkpointId: number } } };
}

interface Verdict {
  readonly damage: string;
  readonly code: string;
  readonly message: string;
  readonly problem: string | undefined;
}

export class DamagedCheckpoints implements Workload {
  readonly name = 'damaged checkpoints';
  private readonly verdicts: Verdict[] = [];

  async start(world: World): Promise<void> {
    await world.watch.until(() => world.watch.sight.completed >= 4 || world.watch.ended, 100_000);
    if (world.watch.ended) return; // its input was too short for this machine: the run is void
    world.experiment = true;
    await stopAll(world);
    keep(world);
    for (const damage of DAMAGES) {
      const verdict = await this.attempt(damage, world);
      this.verdicts.push(verdict);
      world.timeline.add(verdict.problem === undefined ? 'fault' : 'violation', `${damage.name}: ${verdict.code} ${verdict.message}${verdict.problem === undefined ? '' : `: ${verdict.problem}`}`);
      await stopAll(world);
      giveBack(world);
    }
    startAll(world);
    await world.watch.until(() => world.watch.sight.state === 'running', 60_000);
    world.experiment = false;
    world.figures.damages = this.verdicts;
  }

  check(): Promise<CheckResult> {
    const violations = this.verdicts.flatMap(({ damage, problem, code, message }) => (problem === undefined ? [] : [`I8: ${damage}: ${problem} (${code} ${message})`]));
    return Promise.resolve({ violations, voids: this.verdicts.length === DAMAGES.length ? [] : ['not every damage was tried'], faults: this.verdicts.length });
  }

  private async attempt(damage: Damage, world: World): Promise<Verdict> {
    const [older, newest] = completedCheckpoints(world.cluster.storage, world.jobId).slice(-2);
    const known = knownFiles(world);
    const file = damage.apply(newest, older);
    startAll(world);
    const refusal = await this.refusal(world, Number(/chk-(\d+)-/.exec(newest)?.[1]));
    const { code, message } = refusal ?? { code: 'nothing', message: '' };
    const named = damage.name === 'the whole folder is missing' || message.includes(file) || message.includes(newest);
    const problem = refusal === undefined ? 'the job was not refused'
      : !REFUSED.test(code) ? 'the error says something else'
        : !named ? `${file} is not named`
          : committedFiles(world).some((name) => !known.has(name)) ? 'new records were committed all the same' : undefined;
    return { damage: damage.name, code, message, problem };
  }

  private async refusal({ cluster, jobId }: World, newestId: number): Promise<{ readonly code: string; readonly message: string } | undefined> {
    const deadline = performance.now() + REFUSAL_LIMIT_MS;
    while (performance.now() < deadline) {
      const details = await askAny(cluster.restUrls, `/weir/jobs/${jobId}`) as Details | undefined;
      if (details?.status.failure !== undefined) return details.status.failure;
      if ((details?.status.checkpoints.last?.checkpointId ?? 0) > newestId) return undefined; // it runs on what it should have refused
      await sleep(50);
    }
    return undefined;
  }
}

async function stopAll({ cluster }: World): Promise<void> {
  const members = [...cluster.members.values()];
  for (const it of members) it.kill(true);
  await Promise.all(members.map((it) => it.gone()));
}

function startAll({ cluster }: World): void {
  for (const it of cluster.members.values()) it.start();
}

const kept = ({ directory }: World, name: string): string => join(directory, 'kept', name);

function keep(world: World): void {
  cpSync(world.cluster.storage, kept(world, 'storage'), { recursive: true, preserveTimestamps: true });
  cpSync(join(world.directory, 'output'), kept(world, 'output'), { recursive: true, preserveTimestamps: true });
}

function giveBack(world: World): void {
  for (const [folder, copy] of [[world.cluster.storage, kept(world, 'storage')], [join(world.directory, 'output'), kept(world, 'output')]] as const) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(copy, folder, { recursive: true, preserveTimestamps: true });
  }
}

function committedFiles({ directory }: World): string[] {
  return filesBelow(join(directory, 'output')).filter(isCommitted);
}

/** What is committed, and what the checkpoint had prepared: that may be committed whatever becomes of the state. */
function knownFiles({ directory }: World): ReadonlySet<string> {
  return new Set(filesBelow(join(directory, 'output')).map((name) => name.replace(/\/\.([^/]*)\.inprogress$/, '/$1')));
}

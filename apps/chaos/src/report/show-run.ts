/** The live display: what happens, line by line; on a terminal also one line that is redrawn. */
import type { World } from '../workload.js';

const REDRAW_MS = 250;

/** With a `label` several runs share the screen. Returns what begins it, which returns what ends it. */
export function showRun(label?: string): (world: World) => () => void {
  return (world) => show(world, label);
}

function show({ timeline, watch, cluster }: World, label: string | undefined): () => void {
  const live = process.stdout.isTTY === true && label === undefined;
  const prefix = label === undefined ? '' : `${label.padEnd(18)} `;
  const clear = (): void => void (live && process.stdout.write('\r\x1b[2K'));
  const stopLines = timeline.onEntry(({ ms, what, text }) => {
    if (what === 'process' && !live) return;
    clear();
    console.log(`${prefix}${(ms / 1000).toFixed(1).padStart(8)} ${what.padEnd(9)} ${text}`);
  });
  if (!live) return stopLines;
  const timer = setInterval(() => {
    const { state, restarts, completed, failed } = watch.sight;
    const down = [...cluster.members.values()].filter(({ pid, isStopped }) => pid === undefined || isStopped).map(({ id }) => id);
    const line = `${(timeline.nowMs / 1000).toFixed(0).padStart(6)} s  ${state}, ${restarts} restarts, checkpoints ${completed} (+${failed} failed), ${watch.leader} leads${down.length === 0 ? '' : `, down: ${down.join(' ')}`}`;
    clear();
    process.stdout.write(line.slice(0, (process.stdout.columns || 120) - 1));
  }, REDRAW_MS);
  return () => {
    clearInterval(timer);
    clear();
    stopLines();
  };
}

/** A job's events as plain lines, for pipes and logs, and above the live display. */
import type { JobEvent } from '@weir/cluster';
import { renderFailure } from './error.js';
import { bytes, duration, plainStyle, type Style } from './text.js';

/** No lines: nothing a reader of a log needs. */
export function renderEvent(event: JobEvent, { style = plainStyle, workingDirectory }: { readonly style?: Style; readonly workingDirectory: string }): string[] {
  switch (event.type) {
    case 'state':
      return event.to === 'running' && event.from === 'restarting' ? [style.green('running again')] : [];
    case 'restored':
      return [event.checkpointId === undefined ? 'started from the beginning' : `restored from checkpoint ${event.checkpointId}`];
    case 'restarting': {
      const [first, ...rest] = renderFailure(event.failure, { style, workingDirectory });
      return [`${style.yellow(`restart ${event.restart}`)} in ${duration(event.delayMs)}: ${first}`, ...rest];
    }
    case 'checkpoint-completed': {
      const { checkpointId, durationMs, sizeBytes } = event.checkpoint;
      return [`checkpoint ${checkpointId} completed in ${duration(durationMs)}, ${bytes(sizeBytes)}`];
    }
    case 'checkpoint-failed':
      return [`${style.yellow(`checkpoint ${event.checkpointId} failed`)}: ${event.failure.message}`];
    case 'note':
      return [noteLine(event.level, event.text, style)];
  }
}

export function noteLine(level: 'info' | 'warn', text: string, style: Style = plainStyle): string {
  return `${level === 'warn' ? style.yellow('warning') : style.dim('note')}: ${text}`;
}

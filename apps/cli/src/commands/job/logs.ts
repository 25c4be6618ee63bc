/** `weir job logs`: what the cluster's processes logged about a job, in the order of time. */
import { type Configuration, jobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { restOptions } from '@weir/rest';
import type { JobShowInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';
import { readLogs } from '../../remote/read-logs.js';

interface LogLine {
  readonly at: string;
  readonly file: string;
  readonly text: string;
}

export async function logs(invocation: JobShowInvocation, client: WeirClient, configuration: Configuration, io: CliIo): Promise<number> {
  const { status } = await client.job(jobId(invocation.jobId));
  const files = await readLogs(client.baseUrl, configuration.get(restOptions.token));
  const lines = files.flatMap(({ name, text }) => linesAbout(status.jobId, name, text)).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  io.out.write(lines.map((line) => (invocation.json ? `${JSON.stringify(line)}\n` : `${line.file.replace(/\.log$/, '').padEnd(10)} ${line.text}\n`)).join(''));
  if (lines.length === 0) io.err.write(files.length === 0 ? 'the cluster shows no logs: its processes have no log.dir\n' : 'the logs say nothing of this job\n');
  return ExitCode.ok;
}

/** Entries that name the job; lines without a time (stacks) belong to the entry before them. */
export function linesAbout(id: string, file: string, text: string): LogLine[] {
  const found: LogLine[] = [];
  let wanted = false;
  let at = '';
  for (const line of text.split('\n')) {
    const time = /^(?:\{"at":")?(\d{4}-\d\d-\d\dT[\d:.]+Z)/.exec(line)?.[1];
    if (time !== undefined) {
      at = time;
      wanted = line.includes(id);
    }
    if (wanted && line !== '') found.push({ at, file, text: line });
  }
  return found;
}

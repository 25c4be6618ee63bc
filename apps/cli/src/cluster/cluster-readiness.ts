/** Whether a cluster takes jobs: every JobManager's REST API answers, one leads, and all TaskManagers are registered there. */
import { get } from 'node:http';
import type { ClusterShape } from './cluster-state.js';

const ANSWER_LIMIT_MS = 2000;

/** Undefined when it is ready, else what is missing, for people. */
export async function clusterReadiness(restUrls: readonly string[], shape: ClusterShape, token: string | undefined): Promise<string | undefined> {
  const answers = await Promise.all(restUrls.map((url) => overview(url, token)));
  for (const [i, answer] of answers.entries()) {
    if (typeof answer === 'string') return `${restUrls[i]} ${answer}`;
    const { taskmanagers, 'slots-total': slots } = answer;
    if (taskmanagers < shape.taskManagers || slots < shape.taskManagers * shape.slots) {
      return `${taskmanagers} of ${shape.taskManagers} TaskManagers and ${slots} of ${shape.taskManagers * shape.slots} slots are registered`;
    }
  }
  return undefined;
}

/** Of Flink's `/overview`. */
export interface Overview {
  readonly taskmanagers: number;
  readonly 'slots-total': number;
  readonly 'slots-available': number;
  readonly 'jobs-running': number;
}

/** What it says, or why it says nothing. A standby passes the question on, so that an answer means that there is a leader. */
export function overview(url: string, token: string | undefined): Promise<Overview | string> {
  return new Promise((resolve) => {
    const headers = token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
    const request = get(`${url}/overview`, { agent: false, timeout: ANSWER_LIMIT_MS, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => {
        if (response.statusCode !== 200) resolve(`answers with status ${response.statusCode}`);
        else resolve(JSON.parse(text) as Overview);
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(`does not answer (${error.code ?? error.message})`));
  });
}

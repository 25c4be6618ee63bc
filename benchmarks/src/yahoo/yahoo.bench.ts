/**
 * The Yahoo streaming benchmark (views per campaign in windows of 10 s; the table of ads in memory instead of Redis) beside a hand-written loop; every count is checked.
 *
 *   npm run bench -- yahoo [--json] [--records N] [--rounds N]
 */
import { parseArgs } from 'node:util';
import { compare } from '../measure.js';
import { printReport } from '../report.js';
import { runJob } from '../run-job.js';
import { type Answer, checkAnswer, countByHand, viewsPerCampaign } from './views-per-campaign.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, records: { type: 'string', default: '20000000' }, rounds: { type: 'string', default: '3' } } });
const records = Number(values.records);

let expected = countByHand(records);
async function measured(): Promise<void> {
  const answer: Answer = new Map();
  await runJob(viewsPerCampaign(records, answer), { 'execution.checkpointing.interval': '10 s' });
  checkAnswer(answer, expected);
}
await measured();
const result = await compare({
  name: 'yahoo', note: `filter, projection, join with 1000 ads, count per campaign and 10 s; reference: one loop with a Map per window; ${expected.size} counts checked`, records,
  rounds: Number(values.rounds), reference: () => { expected = countByHand(records); }, measured,
});
printReport('yahoo', `exactly-once every 10 s, ${values.rounds} interleaved rounds of ${records} events, the generator included`, [result], values.json);

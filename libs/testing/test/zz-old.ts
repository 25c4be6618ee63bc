// old behaviours by patching
import { ChannelSender } from '../../runtime/task/src/channels/channel-sender.js';
import { NodeWatch } from '../../core/actor/src/node-watch.js';
import { SeededRandom } from '@weir/ports';
import { randomJob } from '../src/simulate/random-job.js';
import { simulate } from '../src/simulate/index.js';
const what = process.argv[2], from = Number(process.argv[3]), n = Number(process.argv[4]);
if (what === 'drained') Object.defineProperty(ChannelSender.prototype, 'drained', { get() { return this.waiting.length === 0; } });
if (what === 'pong') { const o = NodeWatch.prototype.pong; NodeWatch.prototype.pong = function (m) { return o.call(this, { ...m, asker: (this as any).options.incarnation }); }; }
for (let seed = from; seed < from + n; seed++) {
  const { job, text } = randomJob(new SeededRandom(`${seed}/job`));
  const r = await simulate(job, { seeds: 1, from: seed, onFailure: 'collect', shrinkMs: 0 });
  if (r.failures.length) console.log(what, seed, text, r.failures[0].problems[0]?.slice(0, 80), r.failures[0].divergence?.operator);
}
console.log('done', what);

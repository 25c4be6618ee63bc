/** Views per campaign and 10 s: filter, projection, join with the table of ads, windowed count; by hand on one thread, and as a job. */
import {
  aggregates, type Collector, DataGeneratorSource, defineJob, Duration, type JobDefinition, ProcessWindowFunction, type Sink, TumblingEventTimeWindows, WatermarkStrategy,
  type WindowContext,
} from '@weir/datastream';
import { type AdEvent, campaignOfAd, DISORDER_MS, makeAdEvent } from './advertising.js';

const WINDOW_MS = 10_000;

/** Views by `campaign@start of the window`. */
export type Answer = Map<string, number>;

interface View { readonly campaign: string; readonly eventTime: number }
interface CampaignCount { readonly campaign: string; readonly start: number; readonly count: number }

const isView = (event: AdEvent): boolean => event.eventType === 'view';
const withCampaign = ({ adId, eventTime }: AdEvent): View => ({ campaign: campaignOfAd.get(adId) as string, eventTime });

export function countByHand(records: number): Answer {
  const windows = new Map<number, Map<string, { count: number }>>();
  for (let i = 0; i < records; i++) {
    const event = makeAdEvent(i);
    if (!isView(event)) continue;
    const { campaign, eventTime } = withCampaign(event);
    const start = eventTime - (eventTime % WINDOW_MS);
    let window = windows.get(start);
    if (window === undefined) windows.set(start, (window = new Map()));
    const entry = window.get(campaign);
    if (entry === undefined) window.set(campaign, { count: 1 });
    else entry.count++;
  }
  return new Map([...windows].flatMap(([start, window]) => [...window].map(([campaign, { count }]) => [`${campaign}@${start}`, count] as const)));
}

export function viewsPerCampaign(records: number, answer: Answer): JobDefinition<unknown> {
  return defineJob('yahoo: views per campaign', (env) => {
    const watermarks = WatermarkStrategy.forBoundedOutOfOrderness<AdEvent>(Duration.milliseconds(DISORDER_MS)).withTimestampAssigner((event) => event.eventTime);
    env.fromSource(new DataGeneratorSource(makeAdEvent, records), watermarks, 'ad events').uid('ad-events')
      .filter(isView).map(withCampaign).keyBy((view) => view.campaign)
      .window(TumblingEventTimeWindows.of(Duration.milliseconds(WINDOW_MS))).aggregate(aggregates.count(), new NameWindow()).uid('count')
      .sinkTo(new AnswerSink(answer)).uid('answer');
  }) as JobDefinition<unknown>;
}

/** Throws with the first difference. */
export function checkAnswer(got: Answer, expected: Answer): void {
  for (const [name, count] of expected) if (got.get(name) !== count) throw new Error(`${name}: ${got.get(name)} views instead of ${count}`);
  if (got.size !== expected.size) throw new Error(`${got.size} counts instead of ${expected.size}`);
}

class NameWindow extends ProcessWindowFunction<number, CampaignCount, string> {
  process(campaign: string, { window }: WindowContext, [count]: readonly number[], out: Collector<CampaignCount>): void {
    out.collect({ campaign, start: window.start, count });
  }
}

class AnswerSink implements Sink<CampaignCount> {
  readonly description = 'answer';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly answer: Answer) {}

  createWriter(): ReturnType<Sink<CampaignCount>['createWriter']> {
    const { answer } = this;
    return {
      write: ({ campaign, start, count }) => {
        // A window that fired twice must not look right.
        answer.set(`${campaign}@${start}`, (answer.get(`${campaign}@${start}`) ?? 0) + count);
      },
      backlog: () => undefined,
      prepareCommit: async () => [],
      close: async () => undefined,
    };
  }
}

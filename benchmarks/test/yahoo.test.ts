import { describe, expect, it } from '@jest/globals';
import { runJob } from '../src/run-job.js';
import { campaignOfAd, makeAdEvent } from '../src/yahoo/advertising.js';
import { type Answer, checkAnswer, countByHand, viewsPerCampaign } from '../src/yahoo/views-per-campaign.js';

const RECORDS = 30_000;

describe('the Yahoo streaming benchmark', () => {
  it('counts by hand every view of every campaign once', () => {
    const views = Array.from({ length: RECORDS }, (_, i) => makeAdEvent(i)).filter(({ eventType }) => eventType === 'view');
    const answer = countByHand(RECORDS);
    expect([...answer.values()].reduce((sum, count) => sum + count, 0)).toBe(views.length);
    const ofOne = views.filter(({ adId }) => campaignOfAd.get(adId) === 'campaign-7');
    expect([...answer].filter(([name]) => name.startsWith('campaign-7@')).reduce((sum, [, count]) => sum + count, 0)).toBe(ofOne.length);
  });

  it('gives the same answer as a job', async () => {
    const answer: Answer = new Map();
    await runJob(viewsPerCampaign(RECORDS, answer), { 'execution.checkpointing.interval': '1 s' });
    const expected = countByHand(RECORDS);
    expect(expected.size).toBeGreaterThanOrEqual(100);
    checkAnswer(answer, expected);
  });

  it('names the first count that differs', () => {
    expect(() => checkAnswer(new Map([['campaign-1@0', 2]]), new Map([['campaign-1@0', 3]]))).toThrow('campaign-1@0: 2 views instead of 3');
  });
});

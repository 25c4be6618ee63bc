/** The events of the Yahoo streaming benchmark: ads of campaigns are viewed, clicked and bought from. Event i is a function of i. */

export const CAMPAIGNS = 100;
const ADS_A_CAMPAIGN = 10;
const START = 1_700_000_000_000;
/** 10^5 events a second of event time. */
const EVENTS_PER_MS = 100;
/** Events come up to so much out of order. */
export const DISORDER_MS = 1000;

const EVENT_TYPES = ['view', 'click', 'purchase'] as const;
const AD_TYPES = ['banner', 'modal', 'sponsored-search', 'mail', 'mobile'] as const;

export interface AdEvent {
  readonly userId: number;
  readonly pageId: number;
  readonly adId: string;
  readonly adType: (typeof AD_TYPES)[number];
  readonly eventType: (typeof EVENT_TYPES)[number];
  readonly eventTime: number;
  readonly ip: string;
}

const ads = Array.from({ length: CAMPAIGNS * ADS_A_CAMPAIGN }, (_, i) => `ad-${i.toString(16).padStart(4, '0')}`);
/** The table that the original keeps in Redis. */
export const campaignOfAd: ReadonlyMap<string, string> = new Map(ads.map((ad, i) => [ad, `campaign-${Math.floor(i / ADS_A_CAMPAIGN)}`]));

function scattered(i: number): number {
  let x = Math.imul(i ^ (i >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}

export function makeAdEvent(i: number): AdEvent {
  const drawn = scattered(i + 1);
  return {
    userId: drawn % 100_003, pageId: drawn % 9973, adId: ads[drawn % ads.length], adType: AD_TYPES[drawn % AD_TYPES.length], eventType: EVENT_TYPES[(drawn >>> 8) % EVENT_TYPES.length],
    eventTime: START + Math.floor(i / EVENTS_PER_MS) + ((drawn >>> 4) % DISORDER_MS), ip: '1.2.3.4',
  };
}

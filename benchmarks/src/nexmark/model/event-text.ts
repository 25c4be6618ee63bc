/** The textual form of events that the goldens use: `["+I","bid",[columns]]`, times as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
import type { NexmarkEvent } from './events.js';

export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}

export function eventText(event: NexmarkEvent): string {
  return JSON.stringify(['+I', event.kind, columns(event)]);
}

function columns(event: NexmarkEvent): unknown[] {
  switch (event.kind) {
    case 'person':
      return [event.id, event.name, event.emailAddress, event.creditCard, event.city, event.state, timeText(event.dateTime), event.extra];
    case 'auction':
      return [event.id, event.itemName, event.description, event.initialBid, event.reserve, timeText(event.dateTime), timeText(event.expires), event.seller, event.category, event.extra];
    case 'bid':
      return [event.auction, event.bidder, event.price, event.channel, event.url, timeText(event.dateTime), event.extra];
  }
}

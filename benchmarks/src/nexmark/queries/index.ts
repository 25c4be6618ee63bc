/** All queries that a stream of append-only events can answer; q6 has no streaming form, q10 and q13 need outside systems. */
import { q15, q16, q17 } from './daily.js';
import { q20, q23, q3, q4, q8, q9 } from './joins.js';
import type { NexmarkQuery } from './query.js';
import { everyNthAuction, q0, q1, q14, q21, q22 } from './stateless.js';
import { q18, q19 } from './top.js';
import { q11, q12, q5, q7 } from './windows.js';

export const QUERIES = [
  q0, q1, everyNthAuction(123), q3, q4, q5, q7, q8, q9, q11, q12, q14, q15, q16, q17, q18, q19, q20, q21, q22, q23,
] as unknown as readonly NexmarkQuery<unknown>[];

/**
 * How many records a source takes between two looks at clock, outputs and mailbox: from the least, doubled while a batch stays well below the
 * turn's budget, halved when it comes near. Small functions then pay for the looks once in thousands of records, slow ones stay responsive.
 */
const LEAST_RECORDS = 256;
const MOST_RECORDS = 16_384;
/** With channels behind it, a batch must not overrun their credit by much. */
const MOST_RECORDS_WITH_CHANNELS = 2048;

export class BatchSize {
  records = LEAST_RECORDS;
  /** Of a frame that came by a channel: all of it, but for slow functions. */
  recordsOfFrame = MOST_RECORDS_WITH_CHANNELS;

  constructor(private readonly turnBudgetMs: number, private readonly hasChannels: () => boolean) {}

  /** The last batch took this long; `recordsOfFrame`: those of it that came by a channel. */
  adapt(tookMs: number, recordsOfFrame: number): void {
    if (tookMs > this.turnBudgetMs) this.recordsOfFrame = Math.max(1, Math.floor((recordsOfFrame * this.turnBudgetMs) / tookMs));
    else if (tookMs < this.turnBudgetMs / 4) this.recordsOfFrame = Math.min(this.recordsOfFrame * 2, MOST_RECORDS_WITH_CHANNELS);
    if (tookMs < this.turnBudgetMs / 8) this.records = Math.min(this.records * 2, this.hasChannels() ? MOST_RECORDS_WITH_CHANNELS : MOST_RECORDS);
    else if (tookMs > this.turnBudgetMs / 2) this.records = Math.max(this.records >> 1, LEAST_RECORDS);
  }
}

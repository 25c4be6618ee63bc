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

  constructor(private readonly turnBudgetMs: number, private readonly hasChannels: () => boolean) {}

  /** The last batch took this long. */
  adapt(tookMs: number): void {
    if (tookMs < this.turnBudgetMs / 8) this.records = Math.min(this.records * 2, this.hasChannels() ? MOST_RECORDS_WITH_CHANNELS : MOST_RECORDS);
    else if (tookMs > this.turnBudgetMs / 2) this.records = Math.max(this.records >> 1, LEAST_RECORDS);
  }
}

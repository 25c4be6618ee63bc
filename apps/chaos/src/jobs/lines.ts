/** Lines of the all-in-one job's output; short names, for there are many. */
export interface HistoryLine {
  readonly k: string;
  readonly s: number;
  /** Value state: events of the key so far. */
  readonly c: number;
  /** Reducing state: sum of values. */
  readonly r: number;
  /** Aggregating state: largest value and how often the maximum rose. */
  readonly m: string;
  /** List state: the last values. */
  readonly l: string;
  /** Map state: events of this one's kind. */
  readonly p: number;
}

export type FactLine =
  /** An event-time timer fired. */
  | { readonly f: 'timer'; readonly k: string; readonly t: number }
  | { readonly f: 'ghost'; readonly k: string }
  /** A processing-time timer fired: events from (inclusive) to (exclusive) have come since the last one. */
  | { readonly f: 'tick'; readonly k: string; readonly from: number; readonly to: number }
  | { readonly f: 'odd'; readonly k: string; readonly s: number }
  /** Both inputs of the connected stream at their end. */
  | { readonly f: 'total'; readonly k: string; readonly n: number; readonly sum: number; readonly controls: number; readonly added: number };

/** The first thing that went wrong in a run's output: at which operator, with which record. */
export interface Divergence {
  /** Name of the guilty operator. */
  readonly operator: string;
  readonly uid: string | undefined;
  /**
   * `lost`: expected and not there. `doubled`: there more often than expected. `different`: one record stands where another one is expected.
   * `unexpected`: nothing like it is expected. `changed`: the record was changed after it was emitted. `key`: the key of a record is not the
   * same each time. `timer`: a timer fired that was not registered, or did not fire.
   */
  readonly kind: 'lost' | 'doubled' | 'different' | 'unexpected' | 'changed' | 'key' | 'timer';
  /** Texts of the records; undefined where there is none. */
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  /** Text of the key, behind keyBy. */
  readonly key: string | undefined;
  /** A sentence on what was compared, and where else to look. */
  readonly detail: string;
}

export function formatDivergence({ operator, uid, kind, expected, actual, key, detail }: Divergence): string[] {
  return [
    `operator ${operator}${uid === undefined ? '' : ` (uid ${uid})`}: ${kind} record`,
    ...(key === undefined ? [] : [`key       ${key}`]),
    ...(expected === undefined ? [] : [`expected  ${expected}`]),
    ...(actual === undefined ? [] : [`got       ${actual}`]),
    detail,
  ];
}

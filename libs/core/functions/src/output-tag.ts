import type { TypeInformation } from '@weir/types';

/** Names a side output. Two tags with the same id are the same output. */
export class OutputTag<T> {
  /** Carries `T` for inference only. */
  declare readonly _elementType?: T;
  constructor(readonly id: string, readonly type?: TypeInformation<T>) {}
}

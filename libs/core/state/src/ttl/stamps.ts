/** Values with the time of their last write, and what that says. */
import type { Clock } from '@weir/ports';
import { types, type TypeInformation } from '@weir/types';
import type { StateTtlConfig } from './state-ttl-config.js';

export interface Stamped<T> {
  readonly since: number;
  readonly value: T;
}

/** Undeclared stays undeclared. */
export function stampedType<T>(type: TypeInformation<T> | undefined): TypeInformation<Stamped<T>> | undefined {
  return type === undefined ? undefined : (types.row({ since: types.long, value: type }) as unknown as TypeInformation<Stamped<T>>);
}

export class Stamps {
  readonly refreshesOnRead: boolean;
  readonly showsExpired: boolean;
  private readonly ttlMs: number;

  constructor(config: StateTtlConfig, private readonly clock: Clock) {
    this.refreshesOnRead = config.updateType === 'on-read-and-write';
    this.showsExpired = config.visibility === 'return-expired-if-not-cleaned-up';
    this.ttlMs = config.ttlMs;
  }
  of<T>(value: T): Stamped<T> {
    return { since: Math.floor(this.clock.now()), value };
  }
  expired({ since }: Stamped<unknown>): boolean {
    return since + this.ttlMs <= this.clock.now();
  }
}

/**
 * One generated text under construction, from printed statements to compiled functions.
 *
 * G1. Everything from outside reaches the text through JSON.stringify (names) or as a bound parameter (objects): no text of a user runs.
 * G2. Each compiled text carries an id of its own, because V8 shares type feedback between functions of identical text (measured: 4x);
 *     except where compiling costs more (`shareCopies` in base).
 */
import { copiesAreShared } from '@weir/base';
import { RecordShapeError } from './errors.js';

/** One text under construction: unique names, and the objects it refers to. */
export class SourceText {
  private names = 0;
  private readonly bound = new Map<unknown, string>();
  readonly fallbacks = new FallbackCounter();

  /** A variable name used nowhere else in this text. */
  name(prefix: string): string {
    return `${prefix}${this.names++}`;
  }
  /** The name under which `value` is a parameter of the text. */
  bind(value: unknown): string {
    let name = this.bound.get(value);
    if (name === undefined) {
      name = `b${this.bound.size}`;
      this.bound.set(value, name);
    }
    return name;
  }
  /** An expression that throws `WEIR_RECORD_SHAPE`. */
  refuse(path: string, expected: string, value: string): string {
    return `${this.bind(refuseShape)}(${path},${JSON.stringify(expected)},${value})`;
  }
  /** Runs the text, whose last statement returns an object of functions. */
  compile<T>(body: string): T {
    return (copiesAreShared() ? this.sharedMaker(body) : this.maker(body))(...this.bound.keys()) as T;
  }

  private maker(body: string): Maker {
    const id = `weir-codec-${nextSourceId++}`; // G2
    return new Function(...this.bound.values(), `'use strict';/* ${id} */${body}\n//# sourceURL=${id}`) as Maker;
  }

  private sharedMaker(body: string): Maker {
    const key = `${this.bound.size} ${body}`; // parameters are numbered
    let make = sharedMakers.get(key);
    if (make === undefined) {
      if (sharedMakers.size >= SHARED_MAKERS_MAX) sharedMakers.clear();
      sharedMakers.set(key, (make = this.maker(body)));
    }
    return make;
  }
}

type Maker = (...bound: unknown[]) => unknown;

let nextSourceId = 0;
const sharedMakers = new Map<string, Maker>();
const SHARED_MAKERS_MAX = 2000;

function refuseShape(path: string, expected: string, found: unknown): never {
  throw new RecordShapeError(path.startsWith('.') ? path.slice(1) : path, expected, found);
}

/** Shared by the parts of one generated codec. */
export class FallbackCounter {
  count = 0;
  onFirst: ((reason: string) => void) | undefined = undefined;

  add(reason: () => string): void {
    if (this.count++ === 0) this.onFirst?.(reason());
  }
}

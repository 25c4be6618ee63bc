/**
 * Copies of code with type feedback of their own.
 *
 * V8 keeps what it learned about a call-site per function *text*, not per instance: once a few jobs ran through one operator class, its
 * calls are megamorphic and nothing is inlined any more (a quarter of the speed, measured). So the classes of the hot path are written as
 * factories, and each operator instance evaluates the factory's text again, with an id that makes the text unique.
 *
 * A factory must be closed: it may use its parameter, its own locals and JavaScript's globals, and no import or constant of its module.
 * That is checked by running it: a free name is a ReferenceError in the first test that touches it.
 *
 * Where code is made more often than it runs (a simulation deploys a job hundreds of times a second), compiling costs more than shared
 * feedback does: `shareCopies` makes all copies of one factory share a text while it holds.
 */
let copies = 0;
let sharers = 0;
const shared = new WeakMap<object, Evaluate>();

type Evaluate = (dependencies: unknown, name: <F>(f: F) => F) => unknown;

/** From now on copies are shared, until the result is called. */
export function shareCopies(): () => void {
  sharers++;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    sharers--;
  };
}

/** True while {@link shareCopies} holds. */
export function copiesAreShared(): boolean {
  return sharers > 0;
}

/** Evaluates `factory` from its own text and calls it with `dependencies`. About 0.05 ms. `label` names the copy in stack traces and profiles. */
export function specialize<D, C>(factory: (dependencies: D) => C, dependencies: D, label: string): C {
  let evaluate = sharers === 0 ? undefined : shared.get(factory);
  if (evaluate === undefined) {
    const name = `${label.replace(/[^\w-]+/g, '-').slice(0, 60)}-${++copies}`;
    // Compilers that keep names wrap functions in a helper called __name; inside the copy it does nothing.
    evaluate = new Function('dependencies', '__name',
      `"use strict"; return (${factory.toString()})(dependencies);\n//# sourceURL=weir-generated/${name}.js`) as Evaluate;
    if (sharers > 0) shared.set(factory, evaluate);
  }
  return evaluate(dependencies, (f) => f) as C;
}

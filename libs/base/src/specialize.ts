/**
 * Copies of code with type feedback of their own.
 *
 * V8 keeps what it learned about a call-site per function *text*, not per instance: once a few jobs ran through one operator class, its
 * calls are megamorphic and nothing is inlined any more (a quarter of the speed, measured). So the classes of the hot path are written as
 * factories, and each operator instance evaluates the factory's text again, with an id that makes the text unique.
 *
 * A factory must be closed: it may use its parameter, its own locals and JavaScript's globals, and no import or constant of its module.
 * That is checked by running it: a free name is a ReferenceError in the first test that touches it.
 */
let copies = 0;

/** Evaluates `factory` from its own text and calls it with `dependencies`. About 0.05 ms. `label` names the copy in stack traces and profiles. */
export function specialize<D, C>(factory: (dependencies: D) => C, dependencies: D, label: string): C {
  const name = `${label.replace(/[^\w-]+/g, '-').slice(0, 60)}-${++copies}`;
  // Compilers that keep names wrap functions in a helper called __name; inside the copy it does nothing.
  const evaluate = new Function('dependencies', '__name',
    `"use strict"; return (${factory.toString()})(dependencies);\n//# sourceURL=weir-generated/${name}.js`) as (d: D, n: <F>(f: F) => F) => C;
  return evaluate(dependencies, (f) => f);
}

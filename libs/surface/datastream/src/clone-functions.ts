/**
 * Fresh function objects for each instance of a graph that was built only once (a script's environment). Jobs made with `defineJob` do not
 * need it: their module builds new objects each time.
 *
 * C1: the originals are never run, so every clone starts from the state they had when the graph was built.
 */
import type { OperatorSpec, StreamNode, WindowEvaluation } from '@weir/graph';

/** An object that copies itself, for classes with `#private` fields or shared parts. */
interface Cloneable {
  clone(): unknown;
}

/**
 * A shallow copy with the same prototype; `clone()` is asked first. Plain functions are shared. Private `#fields` are not copied: give such
 * a class a `clone` method, or use `defineJob`.
 */
export function cloneFunctionObject<F>(fn: F): F {
  if (typeof fn !== 'object' || fn === null) return fn;
  if (typeof (fn as Partial<Cloneable>).clone === 'function') return (fn as unknown as Cloneable).clone() as F;
  return Object.create(Object.getPrototypeOf(fn) as object | null, Object.getOwnPropertyDescriptors(fn)) as F;
}

/** The node with function objects of its own. Sources, sinks, selectors and strategies are factories or pure, and shared. */
export function cloneNode(node: StreamNode): StreamNode {
  return { ...node, spec: cloneSpec(node.spec) };
}

type BoundMethod = 'map' | 'filter' | 'flatMap';

function cloneBound<S extends { readonly fn: unknown; readonly rich?: object }>(spec: S, method: BoundMethod): S {
  if (spec.rich === undefined) return spec;
  const rich = cloneFunctionObject(spec.rich) as Record<BoundMethod, (...args: unknown[]) => unknown>;
  return { ...spec, rich, fn: rich[method].bind(rich) };
}

function cloneSpec(spec: OperatorSpec): OperatorSpec {
  switch (spec.kind) {
    case 'source':
    case 'sink':
    case 'timestamps':
    case 'local-window': // not made by the surface
      return spec;
    case 'map':
      return cloneBound(spec, 'map');
    case 'filter':
      return cloneBound(spec, 'filter');
    case 'flat-map':
      return cloneBound(spec, 'flatMap');
    case 'window':
      return { ...spec, evaluation: cloneEvaluation(spec.evaluation) };
    case 'process':
      return { ...spec, fn: cloneFunctionObject(spec.fn) };
    case 'keyed-process':
      return { ...spec, fn: cloneFunctionObject(spec.fn) };
    case 'co-process':
      return { ...spec, fn: cloneFunctionObject(spec.fn) };
    case 'keyed-co-process':
      return { ...spec, fn: cloneFunctionObject(spec.fn) };
    case 'keyed-reduce':
      return spec;
    case 'keyed-aggregate':
      return { ...spec, fn: cloneFunctionObject(spec.fn) };
  }
}

function cloneEvaluation(evaluation: WindowEvaluation): WindowEvaluation {
  switch (evaluation.kind) {
    case 'aggregate':
      return {
        ...evaluation,
        fn: cloneFunctionObject(evaluation.fn),
        ...(evaluation.process === undefined ? {} : { process: cloneFunctionObject(evaluation.process) }),
      };
    case 'reduce':
      return { ...evaluation, ...(evaluation.process === undefined ? {} : { process: cloneFunctionObject(evaluation.process) }) };
    case 'process':
      return { ...evaluation, fn: cloneFunctionObject(evaluation.fn) };
  }
}

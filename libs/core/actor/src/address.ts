/**
 * Addresses of actors and their subjects on the transport.
 *
 * An address is `<node>/<path>`, e.g. `tm-3/slot/1`. Segments are lower-case letters, digits, `-`, `_` and `.`. The subject replaces `/`
 * by `.` and escapes the two characters that would make it ambiguous (`_` as `_u`, `.` as `_d`), so that the mapping is one to one.
 */
import { assert } from '@weir/base';

/** `<node>/<path>`. Never used again once its actor stopped. */
export type ActorAddress = string;

const SEGMENT = /^[a-z0-9_.-]+$/;

/** Asserts that `path` is one or more legal segments joined by `/`, and returns it. */
export function checkedPath(path: string): string {
  assert(path.length <= 512 && path.split('/').every((segment) => SEGMENT.test(segment)), `an actor's path is segments of [a-z0-9_.-] joined by /, not ${path}`);
  return path;
}

/** The address of `path` on `node`. */
export function actorAddress(node: string, path: string): ActorAddress {
  assert(!node.includes('/'), `a node's name has no /, but ${node} has`);
  return checkedPath(`${node}/${path}`);
}

/** The node that an address lives on: its first segment. */
export function nodeOf(address: ActorAddress): string {
  const at = address.indexOf('/');
  assert(at > 0, `an address is <node>/<path>, not ${address}`);
  return address.slice(0, at);
}

/** The address without its node. */
export function pathOf(address: ActorAddress): string {
  return address.slice(nodeOf(address).length + 1);
}

/** The transport subject of an address. */
export function subjectOfAddress(address: ActorAddress): string {
  return address.replace(/[_./]/g, (c) => (c === '/' ? '.' : c === '_' ? '_u' : '_d'));
}

/** The inverse of {@link subjectOfAddress}. */
export function addressOfSubject(subject: string): ActorAddress {
  return subject.replace(/\.|_u|_d/g, (c) => (c === '.' ? '/' : c === '_u' ? '_' : '.'));
}

/** Finds the route of a path. Fixed segments win over parameters, so `/jobs/overview` is not a job. `/v1/x` is `/x`. */
import { BadRequestError, PathNotFoundError } from '../errors.js';
import { type PathParameters, parsePathParameters, printable } from './path-parameters.js';
import type { Route } from './route.js';

const MAX_SEGMENTS = 12;

export interface Match {
  readonly route: Route;
  readonly params: PathParameters;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

export class Router {
  /** By method and number of segments; fixed segments first. */
  private readonly routes = new Map<string, Compiled[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.path.slice(1).split('/');
      const key = `${route.method} ${segments.length}`;
      this.routes.set(key, [...(this.routes.get(key) ?? []), { route, segments }]);
    }
    for (const list of this.routes.values()) list.sort((a, b) => (shape(a) < shape(b) ? -1 : 1));
  }

  /** `path`: as it came, still percent-encoded, without query. Throws `WEIR_REST_NOT_FOUND` or `WEIR_REST_BAD_REQUEST`. */
  match(method: string, path: string): Match {
    const segments = pathSegments(path);
    const own = segments[0] === 'v1' ? segments.slice(1) : segments;
    for (const { route, segments: pattern } of this.routes.get(`${method} ${own.length}`) ?? []) {
      const params = paramsOf(pattern, own);
      if (params !== undefined) return { route, params: parsePathParameters(params) };
    }
    throw new PathNotFoundError(method.slice(0, 10), printable(path));
  }
}

/** Sorts fixed segments before parameters, from the left. */
const shape = ({ segments }: Compiled): string => segments.map((it) => (isParameter(it) ? '1' : '0')).join('');
const isParameter = (segment: string): boolean => segment.startsWith('{');

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let i = 0; i < pattern.length; i++) {
    if (isParameter(pattern[i])) params[pattern[i].slice(1, -1)] = segments[i];
    else if (pattern[i] !== segments[i]) return undefined;
  }
  return params;
}

/** Split first, then decoded: an encoded slash never makes a segment. Nothing is normalized: `..` is a segment that no pattern allows. */
function pathSegments(path: string): string[] {
  const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/', MAX_SEGMENTS + 1);
  if (!path.startsWith('/') || parts.length > MAX_SEGMENTS) throw new PathNotFoundError('GET', printable(path));
  return parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new BadRequestError(`the path ${printable(path)} is not valid percent-encoding`, 'Encode each segment of the path as UTF-8 in percent-encoding.');
    }
  });
}

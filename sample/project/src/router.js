import { HttpError } from './httpError.js';

/**
 * Finds the route of a request. Routes are tried in the order given, `:name` in a path stands for one
 * segment, and HEAD is answered by the GET route of the same path.
 *
 * @param {Array<{ method: string, path: string }>} routes
 * @returns {(method: string, path: string) => { route: object, params: Record<string, string> }} throws an
 * HttpError: 404 when no route has this path, 405 with an Allow header when it has routes for other methods
 */
export function createRouter(routes) {
  const compiled = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const given = path.split('/');
    const allowed = [];
    for (const { route, segments } of compiled) {
      const params = matchSegments(segments, given);
      if (params === undefined) continue;
      if (route.method === wanted) return { route, params };
      allowed.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    }
    if (allowed.length === 0) throw new HttpError(404, 'not_found', 'There is nothing at this path.');
    throw new HttpError(405, 'method_not_allowed', `This path does not answer ${method}.`, {
      Allow: [...new Set(allowed)].sort().join(', '),
    });
  };
}

function matchSegments(segments, given) {
  if (segments.length !== given.length) return undefined;
  const params = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.startsWith(':') && given[index] !== '') params[segment.slice(1)] = given[index];
    else if (segment !== given[index]) return undefined;
  }
  return params;
}

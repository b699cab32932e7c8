import { compile } from './pattern.mjs';

/**
 * Finds the handler of a path. The table is a list of patterns with handlers; the first one that fits is taken.
 */
export function createRoutes(table) {
  const compiled = table.map(({ pattern, handler }) => ({ fits: compile(pattern), handler });
  return (path) => {
    for (const { fits, handler } of compiled) {
      const parameters = fits(path)
      if (parameters !== undefined) return { handler, parameters };
    }
    return undefined;
  };

import type { Json } from '../../base/json.ts';
import { objectOf } from './looseJson.ts';

/** A tool's parameters as they are sent: the name of the schema's own language tells a model nothing, and would be paid for with each tool of each turn. */
export function toolParameters(parameters: Json): Record<string, unknown> {
  const { $schema: _, ...sent } = objectOf(parameters) ?? {};
  return sent;
}

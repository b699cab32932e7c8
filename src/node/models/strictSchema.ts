import type { Json } from '../../base/json.ts';
import { listMember, member, objectOf } from './looseJson.ts';

/** Keywords that OpenAI's strict mode refuses with a 400. */
const REFUSED_KEYWORDS = [
  'oneOf',
  'allOf',
  'not',
  'if',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'default',
  'contains',
  'uniqueItems',
  'dependentRequired',
  'dependentSchemas',
  'minProperties',
  'maxProperties',
];

/**
 * Whether a JSON Schema is one that OpenAI's strict mode takes: every object closed (`additionalProperties: false`) with all its properties
 * required, and no keyword outside the supported set (platform documentation, "Structured Outputs", supported schemas).
 * A schema that does not fit is sent without `strict`, as guidance, instead of being answered with a 400.
 */
export function fitsStrictMode(schema: Json): boolean {
  const object = objectOf(schema);
  if (object === undefined) return false;
  if (REFUSED_KEYWORDS.some((keyword) => Object.hasOwn(object, keyword))) return false;
  const properties = objectOf(object['properties']) ?? {};
  if (object['type'] === 'object' || Object.hasOwn(object, 'properties')) {
    const required = listMember(object, 'required');
    if (object['additionalProperties'] !== false) return false;
    if (!Object.keys(properties).every((name) => required.includes(name))) return false;
  }
  const items = member(object, 'items');
  const children = [
    ...Object.values(properties),
    ...Object.values(objectOf(object['$defs']) ?? {}),
    ...listMember(object, 'anyOf'),
    ...(items === undefined ? [] : [items]),
  ];
  return children.every((child) => isJson(child) && fitsStrictMode(child));
}

function isJson(value: unknown): value is Json {
  return value !== undefined;
}

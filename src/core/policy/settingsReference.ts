import { z } from 'zod';
import type { Json } from '../../base/json.ts';

/** One setting or table of settings as documentation, templates and messages show it. */
export interface SettingReference {
  /** Keys from the root; `<name>` stands for a name the person chooses. */
  readonly path: readonly string[];
  readonly kind: 'table' | 'value';
  /** What may be written, as a noun: "text", "a whole number from 1 to 5", "one of none, prompts_only, full_io". */
  readonly type: string;
  /** The words a value is one of, where it is. */
  readonly choices: readonly string[];
  readonly required: boolean;
  /** Undefined where leaving the setting out is itself the default. */
  readonly default: Json | undefined;
  /** One sentence without a full stop; empty where the schema says nothing. */
  readonly doc: string;
}

/** Stands for a name the person chooses, as in `workers.<name>.model`. */
export const ANY_NAME = '<name>';

/** All tables and settings of a configuration schema in the order it declares them, each table before what is in it. */
export function settingsReference(schema: z.ZodType): readonly SettingReference[] {
  return describeMembers(z.toJSONSchema(schema, { io: 'input' }), []);
}

/** The reference of a concrete path (`workers.strong.model` finds `workers.<name>.model`). */
export function settingAt(
  references: readonly SettingReference[],
  path: readonly PropertyKey[],
): SettingReference | undefined {
  return references.find((reference) => reference.path.length === path.length && startsWith(reference.path, path));
}

/** The keys that may be written in the table at a concrete path; empty where the person chooses them. */
export function keysIn(references: readonly SettingReference[], table: readonly PropertyKey[]): readonly string[] {
  const members = references.filter(({ path }) => path.length === table.length + 1 && startsWith(path, table));
  return members.map(({ path }) => path.at(-1) ?? '').filter((key) => key !== ANY_NAME);
}

/** True when the first keys of `pattern` are those of `path`. */
function startsWith(pattern: readonly string[], path: readonly PropertyKey[]): boolean {
  return path.every((key, index) => pattern[index] === ANY_NAME || pattern[index] === key);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function describeMembers(schema: JsonSchema, path: readonly string[]): readonly SettingReference[] {
  const members = Object.entries(schema.properties ?? {});
  const named = schema.additionalProperties;
  if (typeof named === 'object' && named.$ref === undefined) members.push([ANY_NAME, named]);
  const required = new Set(schema.required);
  return members.flatMap(([key, member]) => {
    if (typeof member === 'boolean') return [];
    const inner = describeMembers(member, [...path, key]);
    const reference: SettingReference = {
      path: [...path, key],
      kind: inner.length > 0 ? 'table' : 'value',
      type: typeName(member),
      choices: (member.enum ?? []).filter((choice) => typeof choice === 'string'),
      required: required.has(key),
      default: jsonSchema.safeParse(member.default).data,
      doc: member.description ?? '',
    };
    return [reference, ...inner, ...describeItems(member, [...path, key])];
  });
}

/** What the tables of a list may hold, each under `<name>`, which stands for its place. */
function describeItems({ items }: JsonSchema, path: readonly string[]): readonly SettingReference[] {
  return isTableSchema(items) ? describeMembers(items, [...path, ANY_NAME]) : [];
}

const isTableSchema = (items: JsonSchema['items']): items is JsonSchema =>
  typeof items === 'object' && !Array.isArray(items) && 'properties' in items;

const jsonSchema = z.json();

function typeName(schema: JsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'string') return schema.format === 'uri' ? 'a URL in quotes' : 'text in quotes';
  if (schema.type === 'integer') return `a whole number${range(schema)}`;
  if (schema.type === 'number') return `a number${range(schema)}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'object') return 'a table';
  if (schema.type !== 'array') return 'a value';
  if (isTableSchema(schema.items)) return 'a list of tables';
  return schema.maxItems === undefined ? 'a list of texts' : `a list of at most ${schema.maxItems} texts`;
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined && isBounded) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  return isBounded ? ` of at most ${maximum}` : '';
}

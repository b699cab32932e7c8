/** JSON, with members that may be undefined, as values with optional members are typed. */
export type TomlInput =
  | null
  | boolean
  | number
  | string
  | readonly TomlInput[]
  | { readonly [key: string]: TomlInput | undefined };

/**
 * A value in TOML 1.0 on one line; tables are written inline and members that are undefined left out. Throws a TypeError on null and on
 * numbers that are not finite: TOML has no null, and settings have no use for infinities.
 */
export function tomlValue(value: TomlInput): string {
  if (typeof value === 'string') return tomlString(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return tomlNumber(value);
  if (value === null) throw new TypeError('TOML has no null');
  if (isList(value)) return `[${value.map(tomlValue).join(', ')}]`;
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${tomlKey(key)} = ${tomlValue(member)}`],
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A key, bare where TOML allows it. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** JSON's escapes are TOML's, but TOML also wants U+007F escaped. A lone surrogate cannot be written in TOML and becomes U+FFFD. */
function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

/** Whole numbers beyond the safe ones are written as floats, or the parser would refuse them. */
function tomlNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`a setting cannot be ${value}`);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function isList(value: TomlInput): value is readonly TomlInput[] {
  return Array.isArray(value);
}

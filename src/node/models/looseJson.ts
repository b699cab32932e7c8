/*
 * Reading what a server sent without trusting its types. Compatible servers leave members out, send null for them or another
 * type, so each reader gives undefined where the member is not what was asked for.
 */

/** The value when it is an object (not null, not an array). */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}

/** A member of an object, or undefined. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A member that is a text, or undefined. */
export function textMember(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** A member that is a whole number from 0 to 100,000 (an index of an array), or undefined. */
export function indexMember(value: unknown, key: string): number | undefined {
  const found = member(value, key);
  return typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= 100_000 ? found : undefined;
}

/** A member that is a list, or an empty list. */
export function listMember(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  return Array.isArray(found) ? found : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

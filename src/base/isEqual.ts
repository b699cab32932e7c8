/**
 * Whether two plain values (JSON, with undefined members) hold the same. A member that is undefined counts as left out, as in JSON.
 * Not for class instances, maps, dates and cycles.
 */
export function isEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isEqual(item, right[index]));
  }
  const rights = new Map(membersOf(right));
  const lefts = membersOf(left);
  return (
    lefts.length === rights.size && lefts.every(([name, item]) => rights.has(name) && isEqual(item, rights.get(name)))
  );
}

const membersOf = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, item]) => item !== undefined);

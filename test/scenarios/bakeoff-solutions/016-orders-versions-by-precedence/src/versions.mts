interface Version {
  readonly numbers: readonly number[];
  readonly before: readonly string[];
}

function parse(version: string): Version {
  const [plain = ''] = version.split('+');
  const dash = plain.indexOf('-');
  const release = dash === -1 ? plain : plain.slice(0, dash);
  return { numbers: release.split('.').map(Number), before: dash === -1 ? [] : plain.slice(dash + 1).split('.') };
}

function compareParts(left: string, right: string): number {
  const [one, other] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (one && other) return Number(left) - Number(right);
  if (one !== other) return one ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Under 0, 0 or over 0, as the left version is older, equal or newer (https://semver.org, clause 11). */
export function compareVersions(left: string, right: string): number {
  const [one, other] = [parse(left), parse(right)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (one.numbers[index] ?? 0) - (other.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (one.before.length === 0 || other.before.length === 0) return other.before.length - one.before.length;
  for (const [index, part] of one.before.entries()) {
    const against = other.before[index];
    if (against === undefined) return 1;
    const difference = compareParts(part, against);
    if (difference !== 0) return difference;
  }
  return one.before.length - other.before.length;
}

/** The newest of the versions. */
export function newest(versions: readonly string[]): string | undefined {
  const releases = versions.filter((version) => parse(version).before.length === 0);
  return (releases.length > 0 ? releases : versions).toSorted(compareVersions).at(-1);
}

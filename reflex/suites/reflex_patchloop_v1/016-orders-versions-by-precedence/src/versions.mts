/** Under 0, 0 or over 0, as the left version is older, equal or newer (https://semver.org, clause 11). */
export function compareVersions(left: string, right: string): number {
  const [one = [], other = []] = [left, right].map((version) => version.split('.'));
  for (let index = 0; index < 3; index += 1) {
    const [here = '', there = ''] = [one[index], other[index]];
    if (here !== there) return here < there ? -1 : 1;
  }
  return 0;
}

/** The newest of the versions. */
export function newest(versions: string[]): string | undefined {
  return versions.sort(compareVersions).pop();
}

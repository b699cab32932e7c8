/** Why there is no sandbox, and what a person can do about it, as sentences. */
export function whyNone(platform: NodeJS.Platform, problem: string): string {
  const remedy =
    platform === 'linux'
      ? ' Install it (Debian, Ubuntu: `sudo apt-get install bubblewrap`), and let it make user namespaces where the system refuses them.'
      : '';
  return `${problem}${remedy}`;
}

/** Stands where a secret stood. A patch that would write it into a file is refused. */
export const REDACTION_MARK = '[redacted:';

/**
 * Replaces every secret value by a mark with its name, in text that enters a run (files, command output, answers, error messages). Values shorter than
 * eight characters are left alone: they would mark ordinary words.
 */
export function createRedactor(secrets: ReadonlyMap<string, string>): (text: string) => string {
  const known = [...secrets]
    .filter(([, value]) => value.length >= 8)
    .sort(([, left], [, right]) => right.length - left.length);
  return (text) => known.reduce((result, [name, value]) => result.replaceAll(value, `${REDACTION_MARK}${name}]`), text);
}

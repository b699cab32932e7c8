/**
 * The file name in a line that names one above a piece of code, as models write it: alone, in backquotes or stars, behind `###` or `File:`,
 * with a colon at its end. Undefined for a line with anything else in it.
 */
export function namedPath(line: string): string | undefined {
  const name = line
    .trim()
    .replace(/^(?:#{1,6}|[-*]|\d+\.)\s+/, '')
    .replace(/^(?:\*\*)?(?:file(?:name)?|path)\s*:\s*/i, '')
    .replaceAll(/^[*`"']+|[*`"':]+$/g, '')
    .replaceAll(/^[*`"']+|[*`"':]+$/g, '')
    .replace(/^(?:\.\/)+/, '');
  return /^[^\s`*"'<>|]+$/.test(name) && /[\w]/.test(name) && (/[./]/.test(name) || name === line.trim())
    ? name
    : undefined;
}

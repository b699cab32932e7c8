/** A message fit for a log: without control characters (tab and line feed stay), without white space around it, at most `cap` characters. */
export function printable(message: string, cap: number): string {
  // oxlint-disable-next-line no-control-regex -- Control characters are what is removed here.
  const text = message.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ').trim();
  return text.length <= cap ? text : `${text.slice(0, cap - 1)}…`;
}

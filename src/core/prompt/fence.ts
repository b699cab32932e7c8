/**
 * Text of somebody else's between fences, so that all of it reads as material: the fence is longer than any that stands in the text, and no line
 * of the text can end it. The text need not end with a line's end.
 */
export function fencedText(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

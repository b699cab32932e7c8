/**
 * The address of a page of the web, as it is opened: undefined for every other scheme (`command:`, `file:`, `vscode:`, `javascript:`), for what is no
 * absolute address, and for one with a user name or password in it, which shows another host than it leads to.
 */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}

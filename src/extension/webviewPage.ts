/*
 * The page of a panel. The content policy is the strictest that the pages run under: webview/README.md says why each word of it is needed.
 */

export interface WebviewPage {
  readonly title: string;
  /** Webview URI of the panel's module in dist/webview. What it imports lies beside it and is found from there. */
  readonly scriptUri: string;
  /** Webview URIs of style sheets, in their order (the codicon font lies beside parts.css and is found from there). */
  readonly styleUris: readonly string[];
  /** `webview.cspSource`: where the style sheets and the font may come from. */
  readonly cspSource: string;
  /** Random, new for each page. It holds for the module and for all that it imports. */
  readonly nonce: string;
  /** What the page is about, kept by the page for the panel's serializer. Names of lower-case letters and dashes: `run-id` is `runId` there. */
  readonly data: Readonly<Record<string, string>>;
}

/** The whole page as text; every value is escaped. */
export function webviewPage(page: WebviewPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    'img-src data:',
  ].join('; ');
  const styles = page.styleUris.map((uri) => `<link rel="stylesheet" href="${escaped(uri)}">`);
  const data = Object.entries(page.data).map(([name, value]) => ` data-${name}="${escaped(value)}"`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}</title>
${styles.join('\n')}
</head>
<body>
<div id="root"${data.join('')}></div>
<script type="module" nonce="${escaped(page.nonce)}" src="${escaped(page.scriptUri)}"></script>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/*
 * The page of a run panel. The content policy is the strictest that the page runs under: webview/README.md says why each word of it is needed.
 */

export interface RunPanelPage {
  /** Webview URIs of dist/webview/runPanel.js and runPanel.css (the codicon font lies beside the style sheet and is found from there). */
  readonly scriptUri: string;
  readonly styleUri: string;
  /** `webview.cspSource`: where the style sheet and the font may come from. */
  readonly cspSource: string;
  /** Random, new for each page. */
  readonly nonce: string;
  /** The workspace folder (absolute) and the run: kept by the page for the panel's serializer, as `{ folder, runId, folds }`. */
  readonly folder: string;
  readonly runId: string;
}

/** The whole page as text; every value is escaped. */
export function runPanelHtml(page: RunPanelPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    'img-src data:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SpecKit run</title>
<link rel="stylesheet" href="${escaped(page.styleUri)}">
</head>
<body>
<div id="root" data-folder="${escaped(page.folder)}" data-run-id="${escaped(page.runId)}"></div>
<script nonce="${escaped(page.nonce)}" src="${escaped(page.scriptUri)}"></script>
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

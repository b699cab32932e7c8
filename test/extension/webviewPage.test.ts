import assert from 'node:assert/strict';
import { webviewPage } from '../../src/extension/webviewPage.ts';

const PAGE = {
  title: 'SpecKit run',
  scriptUri: 'https://host/runPanel.js',
  styleUris: ['https://host/parts.css', 'https://host/runPanel.css'],
  cspSource: 'https://host',
  nonce: 'bm9uY2U',
  data: { folder: '/projects/api', 'run-id': '20261120T100000-1' },
};

describe('the page of a panel', () => {
  it('is this', () => {
    assert.equal(
      webviewPage(PAGE),
      `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;nonce-bm9uY2U&#39;; style-src https://host; font-src https://host; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SpecKit run</title>
<link rel="stylesheet" href="https://host/parts.css">
<link rel="stylesheet" href="https://host/runPanel.css">
</head>
<body>
<div id="root" data-folder="/projects/api" data-run-id="20261120T100000-1"></div>
<script type="module" nonce="bm9uY2U" src="https://host/runPanel.js"></script>
</body>
</html>
`,
    );
  });

  it('escapes every value', () => {
    const bad = `"'><script>&$&`;
    const data = { folder: bad, 'run-id': bad };
    const page = webviewPage({ title: bad, scriptUri: bad, styleUris: [bad], cspSource: bad, nonce: bad, data });
    const good = '&quot;&#39;&gt;&lt;script&gt;&amp;$&amp;';
    assert.deepEqual([page.split(bad).length, page.split(good).length, page.split('<script').length], [1, 10, 2]);
  });
});

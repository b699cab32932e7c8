import assert from 'node:assert/strict';
import { runPanelHtml } from '../../../src/extension/runPanel/html.ts';

const PAGE = {
  scriptUri: 'https://host/runPanel.js',
  styleUri: 'https://host/runPanel.css',
  cspSource: 'https://host',
  nonce: 'bm9uY2U',
  folder: '/projects/api',
  runId: '20261120T100000-1',
};

describe('the page of a run panel', () => {
  it('is this', () => {
    assert.equal(
      runPanelHtml(PAGE),
      `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;nonce-bm9uY2U&#39;; style-src https://host; font-src https://host; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SpecKit run</title>
<link rel="stylesheet" href="https://host/runPanel.css">
</head>
<body>
<div id="root" data-folder="/projects/api" data-run-id="20261120T100000-1"></div>
<script nonce="bm9uY2U" src="https://host/runPanel.js"></script>
</body>
</html>
`,
    );
  });

  it('escapes every value', () => {
    const bad = `"'><script>&$&`;
    const page = runPanelHtml({ scriptUri: bad, styleUri: bad, cspSource: bad, nonce: bad, folder: bad, runId: bad });
    const good = '&quot;&#39;&gt;&lt;script&gt;&amp;$&amp;';
    assert.deepEqual([page.split(bad).length, page.split(good).length, page.split('<script').length], [1, 9, 2]);
  });
});

import assert from 'node:assert/strict';
import { webAddress } from '../../src/extension/webAddress.ts';

function check(text: string, expected: string | undefined): void {
  assert.equal(webAddress(text), expected, text);
}

describe('a link in a rendered document', () => {
  it('is opened when it leads to the web', () => {
    check('https://example.com/a?b=c#d', 'https://example.com/a?b=c#d');
    check('HTTP://Example.com', 'http://example.com/');
  });

  it('is not opened when it leads anywhere else, or hides where', () => {
    for (const text of [
      'command:workbench.action.terminal.sendSequence',
      'vscode://ms-python.python/x',
      'vscode-insiders:extension/x',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/html,<script>1</script>',
      ' javascript:alert(1)',
      'java\nscript:alert(1)',
      'mailto:a@example.com',
      'ssh://host/x',
      '//example.com/x',
      'example.com',
      '',
      'https://github.com@evil.example/login',
      'https://user:secret@example.com/',
      'http://',
    ])
      check(text, undefined);
  });
});

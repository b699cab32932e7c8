import assert from 'node:assert/strict';
import { commands, extensions, version } from 'vscode';
import { COMMANDS } from '../../../src/extension/manifest.ts';

const SPECKIT = 'speckit-auto.speckit-auto';

describe(`SpecKit in VS Code ${version}`, () => {
  it('is installed, from its package', () => {
    const extension = extensions.getExtension(SPECKIT);
    assert.ok(extension, 'not installed');
    assert.match(extension.extensionPath, /speckit-auto\.speckit-auto-/);
  });

  it("has the test's own home, and not the person's", () => {
    const home = process.env['HOME'] ?? '';
    assert.equal(process.env['SPECKIT_HOME'], `${home}/speckit`);
  });

  it('activates', async () => {
    const extension = extensions.getExtension(SPECKIT);
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('registers every declared command', async () => {
    const registered = new Set(await commands.getCommands(true));
    assert.deepEqual(
      Object.keys(COMMANDS).filter((id) => !registered.has(id)),
      [],
    );
  });
});

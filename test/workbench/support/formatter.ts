import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installation } from '../../support/scriptedProject.ts';
import { packageFolder } from './extensionsUnderTest.ts';

/** What the formatter puts at the beginning of every document that it formats. */
export const FORMATTED = '// formatted\n';

/** Settings of a person whose every save is formatted by it. */
export const FORMAT_ON_SAVE = { 'editor.formatOnSave': true, 'editor.defaultFormatter': 'speckit-test.formatter' };

const PROGRAM = `const { languages, Position, TextEdit } = require('vscode');
const mark = ${JSON.stringify(FORMATTED)};
exports.activate = (context) => {
  context.subscriptions.push(languages.registerDocumentFormattingEditProvider({ pattern: '**' }, {
    provideDocumentFormattingEdits: (document) =>
      document.getText().startsWith(mark) ? [] : [TextEdit.insert(new Position(0, 0), mark)],
  }));
};
`;

const MANIFEST = {
  name: 'formatter',
  publisher: 'speckit-test',
  displayName: 'Formatter',
  description: 'Formats every document by a line at its beginning.',
  version: '0.0.0',
  license: 'MIT',
  engines: { vscode: '^1.125.0' },
  main: './formatter.js',
  activationEvents: ['*'],
};

/** Packages the extension into dist/formatter, and returns its vsix. */
export function packagedFormatter(): Promise<string> {
  const folder = path.join(installation, 'dist/formatter');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'formatter.js'), PROGRAM);
  return packageFolder(folder, MANIFEST);
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installation } from '../../support/scriptedProject.ts';
import { packageFolder } from './extensionsUnderTest.ts';

/** An extension with one test in test/shape.test.js, at its fifth line, which fails whenever it is run. */
const PROGRAM = `const { tests, workspace, Uri, Range, TestRunProfileKind, TestMessage } = require('vscode');
exports.activate = (context) => {
  const controller = tests.createTestController('failing', 'Failing Tests');
  const [folder] = workspace.workspaceFolders ?? [];
  if (folder === undefined) return;
  const test = controller.createTestItem('1', 'greets by name', Uri.joinPath(folder.uri, 'test/shape.test.js'));
  test.range = new Range(4, 0, 6, 2);
  controller.items.add(test);
  controller.createRunProfile('Run', TestRunProfileKind.Run, (request) => {
    const run = controller.createTestRun(request);
    run.started(test);
    run.failed(test, TestMessage.diff('Not the greeting.', 'Hello, Ada!', 'Hi Ada'));
    run.end();
  }, true);
  context.subscriptions.push(controller);
};
`;

const MANIFEST = {
  name: 'failing-tests',
  publisher: 'speckit-test',
  displayName: 'Failing Tests',
  description: 'Brings one test that fails.',
  version: '0.0.0',
  license: 'MIT',
  engines: { vscode: '^1.125.0' },
  main: './failing.js',
  activationEvents: ['onStartupFinished'],
};

/** Packages the extension into dist/failingTests, and returns its vsix. */
export function packagedTests(): Promise<string> {
  const folder = path.join(installation, 'dist/failingTests');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'failing.js'), PROGRAM);
  return packageFolder(folder, MANIFEST);
}

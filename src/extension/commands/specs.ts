import path from 'node:path';
import { Range, Uri, window, workspace, type TestItem, type TestMessage } from 'vscode';
import { counted } from '../../base/counted.ts';
import { Refusal, requireTrust, type Editor } from '../editor.ts';
import { chooseFolder, chooseSpec, fileIn } from './choose.ts';

/** Characters of a selection or a failure that go into a new spec. */
const MOST_QUOTED = 8_000;

export async function newSpec(editor: Editor): Promise<void> {
  requireTrust();
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const title = await window.showInputBox({
    title: 'SpecKit: New Spec',
    prompt: 'What is wanted, in a few words',
    placeHolder: 'Rate limit per API key',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'A title is needed.' : undefined),
  });
  if (title !== undefined) await make(editor, folder, { title: title.trim() });
}

/** A spec that quotes what is selected, with where it stands. */
export async function newSpecFromSelection(editor: Editor): Promise<void> {
  requireTrust();
  const active = window.activeTextEditor;
  if (active === undefined || active.selection.isEmpty)
    throw new Refusal('Select the code or text that the spec is about first.');
  const folder = workspace.getWorkspaceFolder(active.document.uri)?.uri.fsPath;
  if (folder === undefined) throw new Refusal('The selection is not in a folder of this workspace.');
  const title = await window.showInputBox({
    title: 'SpecKit: New Spec from Selection',
    prompt: 'What should be done with it, in a few words',
    ignoreFocusOut: true,
  });
  if (title === undefined || title.trim() === '') return;
  const file = workspace.asRelativePath(active.document.uri, false);
  const { start, end } = active.selection;
  // A selection of whole lines ends at the beginning of the next one, of which nothing is selected.
  const lastLine = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  const quoted = active.document.getText(active.selection).slice(0, MOST_QUOTED);
  await make(editor, folder, {
    title: title.trim(),
    body: `This is about \`${file}\`, lines ${start.line + 1} to ${lastLine}:\n\n${fenced(quoted, active.document.languageId)}`,
  });
}

/** A spec that asks for a failing test to pass, from the test explorer or from a failure's message. */
export async function newSpecFromFailingTest(editor: Editor, argument: unknown): Promise<void> {
  requireTrust();
  const { test, message } = failureOf(argument);
  if (test?.uri === undefined)
    throw new Refusal('Choose this on a test in the Test Explorer, or on the message of a failed test.');
  const folder = workspace.getWorkspaceFolder(test.uri)?.uri.fsPath;
  if (folder === undefined) throw new Refusal('The test is not in a folder of this workspace.');
  const file = workspace.asRelativePath(test.uri, false);
  const line = test.range === undefined ? '' : `, line ${test.range.start.line + 1}`;
  const said = message === undefined ? '' : `\n\nWhat it says:\n\n${fenced(message.slice(0, MOST_QUOTED), 'text')}`;
  await make(editor, folder, {
    title: `Make "${test.label.slice(0, 100)}" pass`,
    body: `The test "${test.label}" in \`${file}\`${line} fails and has to pass, without a change to what it asserts.${said}`,
  });
}

function failureOf(argument: unknown): { readonly test: TestItem | undefined; readonly message: string | undefined } {
  if (argument === null || typeof argument !== 'object') return { test: undefined, message: undefined };
  // The message's menu hands over both, the test's only the test.
  if ('test' in argument && 'message' in argument) {
    const { test, message } = argument as { readonly test: TestItem; readonly message: TestMessage };
    const text = typeof message.message === 'string' ? message.message : message.message.value;
    return {
      test,
      message: [
        text,
        message.expectedOutput === undefined ? '' : `expected: ${message.expectedOutput}`,
        message.actualOutput === undefined ? '' : `actual: ${message.actualOutput}`,
      ]
        .filter((part) => part !== '')
        .join('\n'),
    };
  }
  return { test: argument as TestItem, message: undefined };
}

/** A fence longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\r?\n$/, '')}\n${fence}\n`;
}

async function make(
  editor: Editor,
  folder: string,
  request: { readonly title: string; readonly body?: string },
): Promise<void> {
  const made = await editor.engine.newSpec(folder, request);
  editor.overviews.hint(folder);
  const document = await workspace.openTextDocument(await fileIn(editor, folder, made.file));
  await window.showTextDocument(document);
}

/** The deterministic checks of a spec's documents, as problems in the Problems view. */
export async function analyze(editor: Editor, row: unknown): Promise<void> {
  const address = await chooseSpec(editor, row, 'SpecKit: Analyze');
  if (address === undefined) return;
  const { problems, read } = await editor.engine.analyze(address.folder, address.specId);
  const lines = problems.map(
    (problem) => `${problem.path}:${problem.line}  ${problem.severity}  ${problem.message}  (${problem.rule})`,
  );
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const summary = `${counted(errors, 'error')}, ${counted(problems.length - errors, 'other finding')} in ${read.join(', ')}.`;
  await editor.texts.show(`${address.specId}/analysis.txt`, [...lines.slice(0, 500), summary].join('\n'));
}

/** Scores a spec; the score is written beside it and opened. */
export async function checklist(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const address = await chooseSpec(editor, row, 'SpecKit: Checklist');
  if (address === undefined) return;
  const { file } = await editor.engine.checklist(address.folder, address.specId);
  await window.showTextDocument(await fileIn(editor, address.folder, file), { preview: true });
}

/** Opens the spec's text where a marker waits for an answer. */
export async function openSpec(editor: Editor, row: unknown): Promise<void> {
  const address = await chooseSpec(editor, row, 'SpecKit: open which spec?');
  if (address === undefined) return;
  const overview = editor.overviews.get(address.folder) ?? (await editor.overviews.refresh(address.folder));
  const spec = overview.specs.find(
    ({ folder }) => path.posix.basename(folder) === address.specId || folder === address.specId,
  );
  if (spec === undefined) return;
  const [marker] = await editor.engine.openMarkers(address.folder, address.specId);
  const uri = Uri.file(path.join(overview.root, spec.path));
  const selection = marker === undefined ? {} : { selection: new Range(marker.line - 1, 0, marker.line - 1, 0) };
  await window.showTextDocument(uri, selection);
}

import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { unreachable } from '../base/unreachable.ts';
import { readConstitution } from './constitutionText.ts';
import { planSize, riskOf } from '../core/pipeline/size.ts';
import type { SpecInput } from '../core/pipeline/context.ts';
import { findSpecFolder, type SpecFolderError } from '../core/spec/ids.ts';
import { lintSpec } from '../core/spec/lint.ts';
import { parseSpec } from '../core/spec/parse.ts';
import type { Redaction } from '../core/run/redaction.ts';
import type { Configuration } from '../core/settings.ts';
import { CommandProblem } from './problem.ts';
import { listSpecFolders, SPEC_BYTES } from './specFolders.ts';
import { readTextFile, textFileText } from './textFile.ts';

/** The spec with this id, parsed and linted, with its effective size. Throws a CommandProblem that names what exists. */
export async function loadSpec(
  root: string,
  configuration: Configuration,
  id: string,
): Promise<SpecInput & { readonly size: 'hotfix' | 'standard' }> {
  const names = await listSpecFolders(root, configuration.spec.folder);
  const found = findSpecFolder(names, id);
  if (found.kind === 'error')
    throw new CommandProblem('usage', folderText(found.error, names, configuration.spec.folder));
  const folder = `${configuration.spec.folder}/${found.value}`;
  const file = `${folder}/spec.md`;
  const text = await readSpecText(root, file);
  const read = readSpec(file, text);
  const files = read.spec.files.map((named) => named.file);
  const constitution = read.spec.size === 'hotfix' ? await readConstitution(root) : undefined;
  const sized = planSize(
    read.spec.size === 'hotfix' ? 'hotfix' : 'standard',
    files,
    riskOf({
      files,
      changedLines: 0,
      filesThreshold: configuration.gates.complex_task_files_threshold,
      ...(constitution === undefined ? {} : { constitution }),
    }),
  );
  return {
    id: read.spec.id ?? idOfFolder(found.value, id),
    folder,
    path: file,
    title: read.spec.title ?? found.value,
    text,
    sha256: sha256(text),
    ...read,
    size: sized.size,
  };
}

function readSpec(file: string, text: string): Pick<SpecInput, 'spec' | 'problems'> {
  const { spec, problems } = parseSpec({ path: file, text });
  return { spec, problems: [...problems, ...lintSpec(spec)] };
}

/** The spec as a run works with it: read from its text with marks in the place of secrets. Which spec it is stays. */
export function redactedSpec(input: SpecInput, redaction: Redaction): SpecInput {
  const text = redaction.text(input.text);
  if (text === input.text) return input;
  return { ...input, title: redaction.text(input.title), text, ...readSpec(input.path, text) };
}

const idOfFolder = (folder: string, asked: string): string => (folder.startsWith(asked) ? asked : folder);

async function readSpecText(root: string, file: string): Promise<string> {
  const text = await readTextFile(path.join(root, file), SPEC_BYTES);
  if (text.kind === 'error')
    throw new CommandProblem(
      'usage',
      textFileText(text.error, file, 'Write it, or make a new spec: speckit new "Title".'),
    );
  return text.value;
}

/** Spec folders named in a message. */
const NAMES_SHOWN = 10;

function folderText(error: SpecFolderError, names: readonly string[], folder: string): string {
  const id = /^[\w.-]+$/.test(error.id) ? error.id : JSON.stringify(error.id);
  if (names.length === 0) return `There is no spec ${id}: ${folder}/ holds none yet. Write one: speckit new "Title".`;
  switch (error.kind) {
    case 'notFound':
      return `There is no spec ${id} in ${folder}/. There are: ${names.slice(0, NAMES_SHOWN).join(', ')}${names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more (speckit status)` : ''}.`;
    case 'ambiguous':
      return `${id} could be any of: ${error.names.join(', ')}. Name the whole folder, e.g. ${error.names[0] ?? ''}, or give one of them another number.`;
  }
  return unreachable(error);
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from '../base/hash.ts';
import { includePartials, parsePrompt, type PromptTemplate } from '../core/prompt/template.ts';

/** The product's prompts by id, and one hash over all their texts. */
export interface PromptLibrary {
  readonly templates: ReadonlyMap<string, PromptTemplate>;
  readonly sha256: string;
}

const FOLDERS = ['roles', 'stages', 'tools'];

/** Reads prompts/ of the installation. Throws when a file of it is malformed: a broken package must not run. */
export async function loadPrompts(folder: string): Promise<PromptLibrary> {
  const [partials = [], ...folders] = await Promise.all(
    ['partials', ...FOLDERS].map((name) => readFolder(path.join(folder, name))),
  );
  const templates = new Map<string, PromptTemplate>();
  for (const [index, name] of FOLDERS.entries()) {
    for (const [file, source] of folders[index] ?? []) {
      const parsed = parsePrompt(`prompts/${name}/${file}.md`, includePartials(source, new Map(partials)));
      if (parsed.kind === 'error') throw new Error(`prompts/${name}/${file}.md: ${JSON.stringify(parsed.error)}`);
      if (parsed.value.id !== file) throw new Error(`prompts/${name}/${file}.md calls itself ${parsed.value.id}`);
      templates.set(file, parsed.value);
    }
  }
  const sha256 = hashOf([...templates.values()].sort((left, right) => (left.id < right.id ? -1 : 1)));
  return { templates, sha256 };
}

async function readFolder(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(
    names.map(
      async (name) =>
        [name.slice(0, -3), (await readFile(path.join(folder, name), 'utf8')).replaceAll('\r\n', '\n')] as const,
    ),
  );
}

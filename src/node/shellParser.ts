import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ShellParser } from '../core/ports.ts';
import { readTree } from './shellTree.ts';

/** Most signs that join or hold commands: beyond that the depth of nesting and the time to read it have no bound. */
const MAX_SIGNS = 400;

/**
 * Loads the grammar (some 1.5 MB of WebAssembly, read from `grammars`, an absolute folder) and gives its reader. The library itself is loaded here
 * and nowhere else: what judges no command does not pay for it. Run from the source, where there is no such folder, the packages' own files are read.
 */
export async function loadShellParser(grammars: string): Promise<ShellParser> {
  const { Language, Parser } = await import('web-tree-sitter');
  const { resolve } = createRequire(import.meta.url);
  const isBuilt = existsSync(grammars);
  const runtime = isBuilt
    ? path.join(grammars, 'web-tree-sitter.wasm')
    : resolve('web-tree-sitter/web-tree-sitter.wasm');
  const bash = isBuilt
    ? path.join(grammars, 'tree-sitter-bash.wasm')
    : resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm');
  await Parser.init({ locateFile: () => runtime });
  const language = await Language.load(bash);
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse(line) {
      if ((line.match(/[|;&(){}`<>]/g)?.length ?? 0) > MAX_SIGNS) {
        return {
          commands: [],
          functions: [],
          unreadable: [{ why: 'it has too many parts', text: line.slice(0, 120) }],
        };
      }
      const tree = parser.parse(line);
      if (tree === null) throw new Error('the shell grammar gave no tree although no time limit was set');
      try {
        return readTree(line, tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

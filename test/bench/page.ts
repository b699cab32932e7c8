import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installation } from '../support/scriptedProject.ts';

/** Puts a chapter (text that begins with `# <title>`) into a page that may have others: each bench writes its own and leaves the rest. */
export function writeChapter(page: string, title: string, text: string): void {
  const file = path.join(installation, page);
  const chapters = existsSync(file) ? readFileSync(file, 'utf8').split(/^(?=# )/m) : [];
  const others = chapters.filter((chapter) => !chapter.startsWith(`# ${title}\n`)).map((chapter) => chapter.trimEnd());
  writeFileSync(file, `${[...others, text.trimEnd()].join('\n\n')}\n`);
}

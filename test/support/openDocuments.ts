import { readFileSync, writeFileSync } from 'node:fs';
import type { UnsavedDocuments } from '../../src/app/services.ts';

/** Documents of an editor that is not there: a text that is typed stays unsaved until it is saved. Files are absolute. */
export interface OpenDocuments extends UnsavedDocuments {
  /** The text a person sees: what is typed, or else what is on the disk. */
  textOf(file: string): string;
  type(file: string, text: string): void;
  save(file: string): void;
  isUnsaved(file: string): boolean;
}

export function openDocuments(): OpenDocuments {
  const unsaved = new Map<string, string>();
  return {
    texts: async (files) =>
      files.flatMap((file) => {
        const text = unsaved.get(file);
        return text === undefined ? [] : [{ file, text }];
      }),
    replace: async (changes) => {
      if (changes.some(({ file, before }) => unsaved.get(file) !== before)) return false;
      for (const { file, after } of changes) unsaved.set(file, after);
      return true;
    },
    textOf: (file) => unsaved.get(file) ?? readFileSync(file, 'utf8'),
    type: (file, text) => void unsaved.set(file, text),
    save: (file) => {
      writeFileSync(file, unsaved.get(file) ?? readFileSync(file, 'utf8'));
      unsaved.delete(file);
    },
    isUnsaved: (file) => unsaved.has(file),
  };
}

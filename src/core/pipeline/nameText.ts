/** A file's name as one line of a prompt or of what is told: one that is more than a name is quoted, so that it cannot look like a heading or an instruction. */
export const nameText = (path: string): string => (hasControlCharacter(path) ? JSON.stringify(path) : path);

// oxlint-disable-next-line no-control-regex -- They are what is looked for.
const hasControlCharacter = (path: string): boolean => /[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(path);

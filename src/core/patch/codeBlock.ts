/*
 * Where pieces of code end, found by their brackets (or, in Python, their indentation) in code whose comments are blank and whose literals
 * are masked. Good enough to tell which test a line is in; no parser.
 */

/** The longest block looked at, in characters. */
const blockCap = 50_000;

/** The offset behind the bracket that closes the one at `open`; where none does, the text's end or 50 000 characters on. */
export function closingEnd(code: string, open: number): number {
  const last = Math.min(code.length, open + blockCap);
  let depth = 0;
  for (let index = open; index < last; index += 1) {
    const character = code.charAt(index);
    if (isOpening(character)) depth += 1;
    else if (isClosing(character)) {
      depth -= 1;
      if (depth <= 0) return index + 1;
    }
  }
  return last;
}

/** The longest statement looked at, in characters. */
const statementCap = 4000;

/** The end of the statement that begins at `start`: a semicolon, a closing bracket of what surrounds it, or a line end outside of brackets. */
export function statementEnd(code: string, start: number): number {
  const last = Math.min(code.length, start + statementCap);
  let depth = 0;
  for (let index = start; index < last; index += 1) {
    const character = code.charAt(index);
    if (isOpening(character)) depth += 1;
    else if (isClosing(character)) {
      depth -= 1;
      if (depth < 0) return index;
    } else if (depth === 0 && (character === ';' || (character === '\n' && !goesOn(code, index)))) {
      return index;
    }
  }
  return last;
}

/** The end of a Python block whose `def` line begins at `start` and whose signature opens at `open`. */
export function indentedEnd(code: string, start: number, open: number): number {
  const depth = /^[ \t]*/.exec(code.slice(start))?.[0].length ?? 0;
  let position = code.indexOf('\n', closingEnd(code, open));
  while (position !== -1 && position < code.length) {
    const next = code.indexOf('\n', position + 1);
    const line = code.slice(position + 1, next === -1 ? code.length : next);
    if (line.trim() !== '' && line.length - line.trimStart().length <= depth) return position + 1;
    position = next;
  }
  return code.length;
}

/** A line goes on when a backslash ends it or a member access begins the next. */
function goesOn(code: string, lineEnd: number): boolean {
  if (code.charAt(lineEnd - 1) === '\\') return true;
  return /^\s*\??\.(?!\.)/.test(code.slice(lineEnd, lineEnd + 200));
}

function isOpening(character: string): boolean {
  return character === '(' || character === '[' || character === '{';
}

function isClosing(character: string): boolean {
  return character === ')' || character === ']' || character === '}';
}

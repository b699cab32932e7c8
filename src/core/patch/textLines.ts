export interface TextLine {
  readonly text: string;
  readonly eol: '\n' | '\r\n' | '';
}

/** A file's text taken apart so that nothing is lost: `joinLines(splitLines(text)) === text`. */
export interface FileText {
  readonly byteOrderMark: boolean;
  readonly lines: readonly TextLine[];
}

/** Splits at LF and CRLF; a lone CR is part of its line. Only the last line can lack an end; an empty text has no lines, a lone byte order mark one. */
export function splitLines(text: string): FileText {
  const byteOrderMark = text.startsWith('\uFEFF');
  const body = byteOrderMark ? text.slice(1) : text;
  const pieces = text === '' ? [] : body.split('\n');
  const lines = pieces.map((piece, index): TextLine => {
    if (index === pieces.length - 1) return { text: piece, eol: '' };
    return piece.endsWith('\r') ? { text: piece.slice(0, -1), eol: '\r\n' } : { text: piece, eol: '\n' };
  });
  if (body.endsWith('\n')) lines.pop();
  return { byteOrderMark, lines };
}

export function joinLines(file: FileText): string {
  return (file.byteOrderMark ? '\uFEFF' : '') + file.lines.map((line) => line.text + line.eol).join('');
}

/** The line end most lines have; LF when there is none or a draw. */
export function commonEol(lines: readonly TextLine[]): '\n' | '\r\n' {
  const nCrlf = lines.filter((line) => line.eol === '\r\n').length;
  const nLf = lines.filter((line) => line.eol === '\n').length;
  return nCrlf > nLf ? '\r\n' : '\n';
}

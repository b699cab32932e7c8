/**
 * Cuts a shell line into words by the rules of POSIX (XCU 2.3, Token Recognition) and nothing more: a second reading that the grammar's is held
 * against. Gives `start:end` (UTF-16 offsets) of every word, at the top and within `$(...)`, backticks and double quotes, keywords and targets of
 * redirections among them, bodies of here-documents not. Undefined for anything it does not know for sure, such as `${x:-y}` or `$((1))`.
 */
export function wordSpans(line: string): ReadonlySet<string> | undefined {
  const scan: Scan = { line, at: 0, spans: new Set(), documents: [], isSure: true };
  scanWords(scan, '');
  return scan.isSure && scan.at >= line.length && scan.documents.length === 0 ? scan.spans : undefined;
}

interface Scan {
  readonly line: string;
  at: number;
  readonly spans: Set<string>;
  /** Delimiters of here-documents whose bodies begin with the next line. */
  documents: { readonly delimiter: string; readonly isIndented: boolean }[];
  isSure: boolean;
}

/** Reads words up to `closing` (`)` or a backtick, not taken), or to the end. */
function scanWords(scan: Scan, closing: '' | ')' | '`'): void {
  const { line } = scan;
  let depth = 0;
  while (scan.at < line.length && scan.isSure) {
    const character = line[scan.at] ?? '';
    if (closing !== '' && character === closing && depth === 0) return;
    if (character === '\n') {
      scan.at += 1;
      skipDocuments(scan);
    } else if (character === ' ' || character === '\t') scan.at += 1;
    else if (line.startsWith('\\\n', scan.at)) scan.at += 2;
    else if (character === '#') scan.at = endOf(line, '\n', scan.at);
    else if ((character === '<' || character === '>') && line[scan.at + 1] === '(') scanWord(scan, closing);
    else if (line.startsWith('<<<', scan.at)) scan.at += 3;
    else if (line.startsWith('<<', scan.at)) scanDocumentStart(scan);
    else if ('|&;<>()'.includes(character)) {
      depth += character === '(' ? 1 : character === ')' ? -1 : 0;
      scan.at += 1;
    } else scanWord(scan, closing);
  }
}

function endOf(line: string, what: string, from: number): number {
  const found = line.indexOf(what, from);
  return found === -1 ? line.length : found;
}

function scanWord(scan: Scan, closing: '' | ')' | '`'): void {
  const { line } = scan;
  const start = scan.at;
  while (scan.at < line.length && scan.isSure) {
    const character = line[scan.at] ?? '';
    const isProcess = (character === '<' || character === '>') && line[scan.at + 1] === '(' && scan.at === start;
    if (isProcess) {
      scan.at += 2;
      scanNested(scan, ')');
    } else if (' \t\n|&;<>()'.includes(character) || (character === '`' && closing === '`')) break;
    else if (character === '\\') {
      // A line that goes on in the middle of a word is a rare sight and read differently by the grammar.
      if (line[scan.at + 1] === '\n' || scan.at + 1 >= line.length) scan.isSure = false;
      scan.at += 2;
    } else if (character === "'") {
      scan.at = endOf(line, "'", scan.at + 1) + 1;
      if (scan.at > line.length) scan.isSure = false;
    } else if (character === '"') scanDoubleQuotes(scan);
    else if (character === '$' || character === '`') scanExpansion(scan);
    else scan.at += 1;
  }
  // A backtick that closes while a parenthesis is open: nothing was read, and nothing ever would be.
  if (scan.at === start) scan.isSure = false;
  const isDescriptor = /^\d+$/.test(line.slice(start, scan.at)) && '<>'.includes(line[scan.at] ?? ' ');
  if (!isDescriptor) scan.spans.add(`${start}:${scan.at}`);
}

function scanDoubleQuotes(scan: Scan): void {
  const { line } = scan;
  scan.at += 1;
  while (scan.at < line.length && line[scan.at] !== '"' && scan.isSure) {
    if (line[scan.at] === '\\') scan.at += 2;
    else if (line[scan.at] === '$' || line[scan.at] === '`') scanExpansion(scan);
    else scan.at += 1;
  }
  if (line[scan.at] !== '"') scan.isSure = false;
  scan.at += 1;
}

function scanExpansion(scan: Scan): void {
  const rest = scan.line.slice(scan.at, scan.at + 80);
  const plain = /^\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|[?#$!@*0-9-])/.exec(rest)?.[0];
  if (rest.startsWith('`') || (rest.startsWith('$(') && !rest.startsWith('$(('))) {
    scan.at += rest.startsWith('`') ? 1 : 2;
    scanNested(scan, rest.startsWith('`') ? '`' : ')');
  } else if (plain !== undefined) scan.at += plain.length;
  else if (/^\$(?:[\s"/:.,=%^~+)|]|$)/.test(rest)) scan.at += 1;
  else scan.isSure = false;
}

function scanNested(scan: Scan, closing: ')' | '`'): void {
  const pending = scan.documents.length;
  scanWords(scan, closing);
  if (scan.line[scan.at] !== closing || scan.documents.length !== pending) scan.isSure = false;
  scan.at += 1;
}

function scanDocumentStart(scan: Scan): void {
  const found = /^<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n\\$`]+)"|([A-Za-z0-9_]+))(?=[\s|&;<>)]|$)/.exec(
    scan.line.slice(scan.at, scan.at + 200),
  );
  if (found === null) {
    scan.isSure = false;
    return;
  }
  const delimiter = found[2] ?? found[3] ?? found[4] ?? '';
  const quoted = found[0].trimEnd().length - (found[4] === undefined ? delimiter.length + 2 : delimiter.length);
  scan.spans.add(`${scan.at + quoted}:${scan.at + found[0].length}`);
  scan.documents.push({ delimiter, isIndented: found[1] === '-' });
  scan.at += found[0].length;
}

function skipDocuments(scan: Scan): void {
  for (const { delimiter, isIndented } of scan.documents) {
    for (;;) {
      if (scan.at >= scan.line.length) {
        scan.isSure = false;
        break;
      }
      const end = endOf(scan.line, '\n', scan.at);
      const text = scan.line.slice(scan.at, end);
      scan.at = end + 1;
      if ((isIndented ? text.replace(/^\t+/, '') : text) === delimiter) break;
    }
  }
  scan.documents = [];
}

/** Parses CSV text (RFC 4180) into rows of fields. An empty text has no rows. */
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let field = '';
  let isQuoted = false;
  const endRow = () => {
    rows.push([...row, field]);
    row = [];
    field = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[index + 1] === '"') {
        field += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === ',') {
      row.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r' || text[index + 1] !== '\n') field += character;
  }
  if (row.length > 0 || field !== '' || (text !== '' && !text.endsWith('\n'))) endRow();
  return rows;
}

/** The rows as objects, by the names in the first row. */
export function parseRecords(text) {
  const [names = [], ...rows] = parseCsv(text);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}

/** Parses CSV text (RFC 4180) into rows of fields. An empty text has no rows. */
export function parseCsv(text) {
  if (text === '') return [];
  return text.split('\n').map((line) => line.split(',').map(unquote));
}

/** A field without the quotes around it. */
function unquote(field) {
  if (field.startsWith('"') && field.endsWith('"')) return field.slice(1, -1);
  return field;
}

/** The rows as objects, by the names in the first row. */
export function parseRecords(text) {
  const [names = [], ...rows] = parseCsv(text);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}

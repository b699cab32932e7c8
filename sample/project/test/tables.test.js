import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

// Each file of test/tables is about the module of the same name in src: for each of its functions rows of
// arguments, the last entry of a row being what the function gives. A table may be there before its module.
const folder = new URL('tables/', import.meta.url);

for (const file of readdirSync(folder).sort()) {
  const module = new URL(`../src/${file.replace(/json$/, 'js')}`, import.meta.url);
  const skip = existsSync(module) ? false : 'its module is not there yet';
  test(`the table ${file}`, { skip }, async () => {
    const functions = await import(module);
    for (const [name, rows] of Object.entries(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))) {
      for (const row of rows) {
        const given = row.slice(0, -1);
        const call = `${name}(${given.map((argument) => JSON.stringify(argument)).join(', ')})`;
        assert.deepEqual(functions[name](...given), row.at(-1), call);
      }
    }
  });
}

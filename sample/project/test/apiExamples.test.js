import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRoutes } from '../src/routes.js';
import { createNoteStore } from '../src/store.js';
import { ANNA, manualClock, startService } from '../testing/service.js';

const page = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8');

/** The examples of the page: those between ```http fences, with the heading they stand under. */
function examples() {
  const found = [];
  let heading = '';
  for (const [, title, example] of page.matchAll(/^## (.*)$|^```http\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else found.push({ heading, ...readExample(example) });
  }
  return found;
}

// A request line, its body if it has one, then `-> status` and the body of the answer if it has one.
function readExample(example) {
  const [asked, answered] = example.split(/^-> /m);
  const [line, ...body] = asked.trim().split('\n');
  const [method, path] = line.split(' ');
  const [status, ...answer] = answered.trim().split('\n');
  const json = (lines) => (lines.length === 0 ? undefined : JSON.parse(lines.join('\n')));
  return { method, path, json: json(body), status: Number(status), body: json(answer) };
}

test('the examples of docs/api.md, one after the other, are what the service answers', async (t) => {
  const { send } = await startService(t);
  for (const { method, path, json, status, body } of examples()) {
    const reply = await send(method, path, { key: ANNA, json });
    assert.deepEqual({ status: reply.status, body: reply.body }, { status, body }, `${method} ${path}`);
  }
});

test('every route has an example under its heading', () => {
  const shown = new Set(examples().map(({ heading }) => heading));
  const names = createRoutes(createNoteStore(manualClock())).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(names.filter((name) => !shown.has(name)), []);
});

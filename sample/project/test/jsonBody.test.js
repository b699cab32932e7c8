import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readJsonBody } from '../src/jsonBody.js';

function requestOf(chunks, headers = { 'content-type': 'application/json' }) {
  return Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers });
}

test('a body that comes in pieces is put together before it is parsed', async () => {
  const bytes = Buffer.from('{"title":"é"}');
  const cutInsideTheLetter = requestOf([bytes.subarray(0, 11), bytes.subarray(11)]);
  assert.deepEqual(await readJsonBody(cutInsideTheLetter, 100), { title: 'é' });
});

test('the content type may carry a charset', async () => {
  const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
  assert.deepEqual(await readJsonBody(requestOf(['{}'], headers), 100), {});
});

test('a body of exactly the largest size is read, one byte more is refused', async () => {
  assert.deepEqual(await readJsonBody(requestOf(['{"a":1}']), 7), { a: 1 });
  await assert.rejects(readJsonBody(requestOf(['{"a":', '12}']), 7), { status: 413, code: 'body_too_large' });
});

test('a body announced as too large is refused without reading it', async () => {
  const request = requestOf(['{}'], { 'content-type': 'application/json', 'content-length': '101' });
  await assert.rejects(readJsonBody(request, 100), { status: 413 });
  assert.equal(request.readableDidRead, false);
});

test('a body that is no JSON object is refused', async () => {
  for (const text of ['', '{', 'null', '[]', '"text"', '1']) {
    const expected = { status: 400, code: 'invalid_json' };
    await assert.rejects(readJsonBody(requestOf([text]), 100), expected, text);
  }
});

test('another content type is refused', async () => {
  for (const headers of [{}, { 'content-type': 'text/plain' }]) {
    await assert.rejects(readJsonBody(requestOf(['{}'], headers), 100), { status: 415 });
  }
});

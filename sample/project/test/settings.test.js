import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../src/settings.js';

const KEYS = { NOTES_KEYS_FILE: 'keys.txt' };

test('only the keys file has no default', () => {
  const defaults = { host: '127.0.0.1', keysFile: 'keys.txt', port: 8080, maxBodyBytes: 65_536 };
  assert.deepEqual(readSettings(KEYS), defaults);
});

test('variables that are set are used', () => {
  const env = { ...KEYS, NOTES_HOST: '::1', NOTES_PORT: '0', NOTES_MAX_BODY_BYTES: '1024' };
  assert.deepEqual(readSettings(env), { host: '::1', keysFile: 'keys.txt', port: 0, maxBodyBytes: 1024 });
});

test('a number must be written in digits and lie in its range', () => {
  for (const text of ['', ' ', ' 1', '-1', '+1', '1.0', '1e3', '0x10', '65536', 'Infinity']) {
    const message = 'NOTES_PORT must be a whole number from 0 to 65535';
    assert.throws(() => readSettings({ ...KEYS, NOTES_PORT: text }), { message }, text);
  }
});

test('everything that is wrong is reported at once', () => {
  assert.throws(() => readSettings({ NOTES_HOST: '', NOTES_PORT: 'http', NOTES_MAX_BODY_BYTES: '1023' }), {
    message: [
      'NOTES_HOST must not be empty',
      'NOTES_KEYS_FILE must name the file with the API keys',
      'NOTES_PORT must be a whole number from 0 to 65535',
      'NOTES_MAX_BODY_BYTES must be a whole number from 1024 to 1048576',
    ].join('\n'),
  });
});

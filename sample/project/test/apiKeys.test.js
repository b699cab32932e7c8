import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseApiKeys } from '../src/apiKeys.js';

const FILE = `# keys of the pilot
anna:anna-key-0123456789

anna:anna-key-9876543210
ben:ben-key-01234567890
`;

test('every key of an owner is known', () => {
  const keys = parseApiKeys(FILE);
  assert.deepEqual(keys.identify('Bearer anna-key-0123456789'), { owner: 'anna' });
  assert.deepEqual(keys.identify('bearer anna-key-9876543210'), { owner: 'anna' });
  assert.deepEqual(keys.identify('Bearer ben-key-01234567890'), { owner: 'ben' });
});

test('anything but a known key is refused', () => {
  const keys = parseApiKeys(FILE);
  const headers = [undefined, '', 'Bearer', 'Bearer ', 'Basic anna-key-0123456789', 'anna-key-0123456789'];
  for (const header of [...headers, 'Bearer anna-key-0123456780', 'Bearer anna-key-0123456789 more']) {
    assert.throws(() => keys.identify(header), { status: 401, code: 'unauthorized' }, String(header));
  }
});

test('a line that cannot be read is named but not shown', () => {
  const check = (text, message) => assert.throws(() => parseApiKeys(text), { message });
  check('anna:short', 'keys file, line 1: expected "owner:key"');
  check('# ok\nAnna:anna-key-0123456789', 'keys file, line 2: expected "owner:key"');
  check('a:same-key-0123456789\nb:same-key-0123456789', 'keys file, line 2: this key is listed twice');
});

import assert from 'node:assert/strict';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { HINTS, LEFT_OUT, loadSecretScan } from '../../src/node/secretScanner.ts';

/** In two parts, so that no scanner takes this file for a leak. */
const TOKEN = ['ghp_', 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6'].join('');

describe("secretlint's recommended rules", () => {
  it('are all asked, or left out for a reason', () => {
    const installed = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''));
    assert.deepEqual([...Object.keys(HINTS), ...Object.keys(LEFT_OUT)].toSorted(), installed.toSorted());
  });

  it('answer at once, with places in the text', async () => {
    const scan = await loadSecretScan();
    assert.deepEqual(scan(`a ${TOKEN} b`), [{ start: 2, end: 42, name: 'github' }]);
    assert.deepEqual(scan(`\uFEFF${TOKEN}`), [{ start: 1, end: 41, name: 'github' }]);
    assert.deepEqual(scan('nothing here'), []);
    assert.deepEqual(scan(`again ${TOKEN}`), [{ start: 6, end: 46, name: 'github' }]);
  });

  it('take no more than the word a secret stands in', async () => {
    const scan = await loadSecretScan();
    const address = ['mongodb://svc:', 'Zx81kQpw07@db.internal/orders'].join('');
    const text = JSON.stringify({ a: address, b: 1 });
    const [place] = scan(text);
    assert.equal(text.slice(place?.start, place?.end), address);
  });
});

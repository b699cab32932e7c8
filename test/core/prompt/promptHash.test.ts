import assert from 'node:assert/strict';
import { promptHash } from '../../../src/core/prompt/promptHash.ts';

const hashOf = (text: string): string => promptHash({ system: 's', messages: [{ role: 'user', text }], tools: [] });

describe('the hash of a prompt', () => {
  it('counts a fence as one, however long the text between made it', () => {
    assert.equal(hashOf('# A\n````\n```\nx\n```\n````\n'), hashOf('# A\n```\n```\nx\n```\n```\n'));
  });

  it('tells everything else apart', () => {
    assert.notEqual(hashOf('````js\n'), hashOf('```js\n'));
    assert.notEqual(hashOf('a ````'), hashOf('a ```'));
    assert.notEqual(hashOf('``'), hashOf('```'));
  });
});

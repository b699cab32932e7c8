import assert from 'node:assert/strict';
import { withoutPlaceNames } from '../../../src/core/run/placeNames.ts';

const clean = withoutPlaceNames({
  repository: '/home/ada/work/shop',
  home: '/home/ada',
  persons: ['Ada Lovelace', 'Ada', 'ada', 'lovelace-pc', 'ab', '-x+'],
});

function check(text: string, expected: string): void {
  assert.equal(clean(text), expected);
  assert.equal(clean(expected), expected, 'once is enough');
}

describe('an exported text', () => {
  it('tells no absolute path', () => {
    check('at /home/ada/work/shop/src/a.js:3', 'at ./src/a.js:3');
    check('file:///home/ada/work/shop/a.js', 'file://./a.js');
    check('in /home/ada/.cache/x and /home/ada/projects/shopping', 'in ~/.cache/x and ~/projects/shopping');
    check('/tmp/speckit-1/a.js, "/Users/bob/x y"', '<path>, "<path> y"');
    check('C:\\\\Users\\\\bob\\\\a.ts', '<path>');
    check('src/home/index.ts and /healthz and 1/2', 'src/home/index.ts and /healthz and 1/2');
  });

  it('tells no name of a person', () => {
    check('by Ada Lovelace <ada.l@example.co.uk>', 'by <person> <<address>>');
    check('ADA wrote; Adam and Canada did not', '<person> wrote; Adam and Canada did not');
    check('on lovelace-pc', 'on <person>');
  });

  it('is otherwise what it was', () => {
    check('ab -x+ {"a":1}', 'ab -x+ {"a":1}'.replace('-x+', '<person>'));
  });
});

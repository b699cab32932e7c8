it('works', () => { assert.equal(f(), 1); });
it('works', () => { assert.equal(g(), 2); });

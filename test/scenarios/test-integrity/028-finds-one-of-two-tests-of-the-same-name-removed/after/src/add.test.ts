it('works', () => { assert.equal(g(), 2); });

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as template from '../src/template.mjs';

const { render } = template;

test('renders as it did', () => {
  assert.equal(render('Hi {{ name }}, {{name}}!', { name: 'Ada' }), 'Hi Ada, Ada!');
  assert.equal(render('{{ n }}', { n: 0 }), '0');
  assert.equal(render('a \\{{ b', {}), 'a {{ b');
  assert.throws(() => render('{{ x }}', {}), ReferenceError);
  assert.throws(() => render('{{ toString }}', {}), ReferenceError);
  assert.throws(() => render('a {{ x', { x: 1 }), SyntaxError);
});
test('tokens', () => {
  assert.deepEqual(template.tokens('Hi {{ name }}!'), [
    { kind: 'text', text: 'Hi ' },
    { kind: 'name', name: 'name' },
    { kind: 'text', text: '!' },
  ]);
  assert.deepEqual(template.tokens('{{a}}{{b}}'), [
    { kind: 'name', name: 'a' },
    { kind: 'name', name: 'b' },
  ]);
  assert.deepEqual(template.tokens('x\\{{y'), [{ kind: 'text', text: 'x{{y' }]);
  assert.deepEqual(template.tokens(''), []);
});

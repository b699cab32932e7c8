import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrder } from '../src/order.mjs';

function after(...events) {
  const order = createOrder();
  for (const event of events) order.send(event);
  return order;
}

test('the whole way', () => {
  const order = after('place', 'pay', 'ship', 'deliver');
  assert.deepEqual(order.history, ['draft', 'placed', 'paid', 'shipped', 'delivered']);
  assert.equal(order.isClosed, true);
});
for (const events of [[], ['place'], ['place', 'pay']])
  test(`cancelled after ${events.join(', ') || 'nothing'}`, () => {
    const order = after(...events, 'cancel');
    assert.deepEqual([order.state, order.isClosed], ['cancelled', true]);
    assert.throws(() => order.send('place'), /cannot place an order that is cancelled/);
  });
test('what is not allowed changes nothing', () => {
  const order = after('place', 'pay', 'ship');
  assert.throws(() => order.send('cancel'), /cannot cancel an order that is shipped/);
  assert.equal(order.state, 'shipped');
  assert.throws(() => createOrder().send('pay'), /cannot pay an order that is draft/);
  assert.throws(() => createOrder().send('toString'), /cannot toString/);
});
test('the history is the caller\'s own', () => {
  const order = after('place');
  order.history.push('x');
  assert.deepEqual(order.history, ['draft', 'placed']);
});

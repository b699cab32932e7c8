const WAYS = {
  draft: { place: 'placed', cancel: 'cancelled' },
  placed: { pay: 'paid', cancel: 'cancelled' },
  paid: { ship: 'shipped' },
  shipped: { deliver: 'delivered', cancel: 'cancelled' },
  delivered: {},
  cancelled: { place: 'placed' },
};

/** An order and the states it has been in. */
export function createOrder() {
  const states = ['draft'];
  const state = () => states[states.length - 1];
  return {
    get state() {
      return state();
    },
    get history() {
      return states;
    },
    get isClosed() {
      return state() === 'delivered';
    },
    send(event) {
      states.push(WAYS[state()][event]);
    },
  };
}

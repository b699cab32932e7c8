const WAYS = {
  draft: { place: 'placed', cancel: 'cancelled' },
  placed: { pay: 'paid', cancel: 'cancelled' },
  paid: { ship: 'shipped', cancel: 'cancelled' },
  shipped: { deliver: 'delivered' },
  delivered: {},
  cancelled: {},
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
      return [...states];
    },
    get isClosed() {
      return Object.keys(WAYS[state()]).length === 0;
    },
    send(event) {
      const ways = WAYS[state()];
      if (!Object.hasOwn(ways, event)) throw new Error(`cannot ${event} an order that is ${state()}`);
      states.push(ways[event]);
    },
  };
}

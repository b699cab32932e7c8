f(); // eslint-disable-line no-eval
h(f()); // eslint-disable-line no-eval

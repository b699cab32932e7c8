f(); // eslint-disable-line no-eval

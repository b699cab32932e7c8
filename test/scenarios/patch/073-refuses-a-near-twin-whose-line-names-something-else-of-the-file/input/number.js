function bounds(check, res) {
  if (check.exclusive) {
    if (!check.inclusive) {
      res.maximum = check.value;
      return res;
    }
    fail(res, 'exclusiveMaximum', check);
  }
  return limits.minimum;
}

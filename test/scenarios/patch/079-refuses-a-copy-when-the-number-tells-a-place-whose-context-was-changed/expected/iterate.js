class Values {
  [Symbol.iterator]() {
    return this;
  }
}

class Entries {
  [names.iterator]() {
    return this;
  }
}

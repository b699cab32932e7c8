function f() {
  g();
}

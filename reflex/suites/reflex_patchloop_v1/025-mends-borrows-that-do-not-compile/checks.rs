#[path = "src/longest.rs"]
mod longest;

use longest::{counts, double_even, longer, mean};

#[test]
fn finds_the_longer() {
    assert_eq!(longer("ab", "abc"), "abc");
    assert_eq!(longer("ab", "cd"), "ab");
}

#[test]
fn counts_words() {
    let found = counts("a b a");
    assert_eq!((found["a"], found["b"], found.len()), (2, 1, 2));
}

#[test]
fn doubles() {
    let mut numbers = vec![1, 2, -4];
    double_even(&mut numbers);
    assert_eq!(numbers, [1, 4, -8]);
}

#[test]
fn means() {
    assert_eq!(mean(&[1, 2]), Some(1.5));
    assert_eq!(mean(&[]), None);
}

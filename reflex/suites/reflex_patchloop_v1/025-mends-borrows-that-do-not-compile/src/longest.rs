use std::collections::HashMap;

/// The longer of two texts, the first one where they are as long.
pub fn longer(left: &str, right: &str) -> &str {
    if right.len() > left.len() { right } else { left }
}

/// How often each word stands in a text, which words are parts of.
pub fn counts(text: &str) -> HashMap<&str, usize> {
    let mut found = HashMap::new();
    for word in text.split_whitespace() {
        found.entry(word).or_insert(0) += 1;
    }
    found
}

/// Doubles every number that is even.
pub fn double_even(numbers: &Vec<i64>) {
    for number in numbers.iter_mut() {
        if number % 2 == 0 {
            *number *= 2;
        }
    }
}

/// The mean; None of nothing.
pub fn mean(numbers: &[i64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    Some(numbers.iter().sum::<i64>() / numbers.len())
}

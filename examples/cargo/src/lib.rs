//! Makes greetings.

/// Returns a greeting for a name.
///
/// ```
/// assert_eq!(greeter::greet("Hi", "Ann"), "Hi, Ann!");
/// ```
pub fn greet(greeting: &str, name: &str) -> String {
    format!("{greeting}, {name}!")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_greeting_has_the_name() {
        assert!(super::greet("Hello", "Ann").contains("Ann"));
    }
}

//! Where the explanations of rules are published.

use std::fmt;
use std::str::FromStr;

/// The address of the page that explains all rules, as `domdiff explain --format markdown` prints
/// it.
///
/// ```
/// use domdiff::report::RulesUrl;
/// let url: RulesUrl = "https://example.org/rules.md".parse()?;
/// assert_eq!(url.of("abi/disk"), "https://example.org/rules.md#abidisk");
/// assert!("javascript:alert(1)".parse::<RulesUrl>().is_err());
/// # Ok::<(), domdiff::report::InvalidUrl>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesUrl(String);

/// What was given is no address that may stand in a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUrl;

impl RulesUrl {
    /// The address of a rule's explanation on that page.
    #[must_use]
    pub fn of(&self, rule: &str) -> String {
        format!("{}#{}", self.0, anchor(rule))
    }

    /// The page of the repository that this program was built from, if it has one.
    #[must_use]
    pub fn of_this_program() -> Option<Self> {
        let repository = env!("CARGO_PKG_REPOSITORY").trim_end_matches('/');
        format!("{repository}/blob/main/docs/rules.md").parse().ok()
    }
}

/// The anchor that the heading of a rule gets on the web.
#[must_use]
pub fn anchor(rule: &str) -> String {
    rule.replace('/', "")
}

impl FromStr for RulesUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        // No character that ends a link in any of the formats.
        let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-._~/:?=&%+,@".contains(c);
        let rest = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(InvalidUrl)?;
        let has_host = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        if has_host && rest.chars().all(is_harmless) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidUrl)
        }
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the address of a web page: https://, a host, and no fragment")
    }
}

impl std::error::Error for InvalidUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_linked_to() {
        for text in [
            "https://a.example/x/rules.md",
            "http://localhost:8080/?a=b&c=%20",
        ] {
            assert!(text.parse::<RulesUrl>().is_ok(), "{text}");
        }
        for text in [
            "",
            "rules.md",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a.example/#x",
            "https://a.example/)(x",
            "https://a.example/ x",
            "https://a.example/\"",
            "https://a.example/<",
            "HTTPS://a.example/\n",
        ] {
            assert_eq!(text.parse::<RulesUrl>(), Err(InvalidUrl), "{text}");
        }
    }
}

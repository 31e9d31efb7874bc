//! The command line's part of the settings.

/// Settings that flags and variables share, as the flags give them.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--read-only`.
    pub read_only: bool,
    /// `--toolsets`.
    pub toolsets: Option<String>,
    /// `--tools`.
    pub tools: Option<String>,
    /// `--exclude-tools`.
    pub exclude_tools: Option<String>,
    /// `--projects`.
    pub projects: Option<String>,
    /// `--confirm`.
    pub confirm: bool,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--site`.
    pub site: Option<String>,
}

//! Why there is no answer.

use std::io;
use std::path::PathBuf;

use domdiff::policy::PolicyError;
use domdiff::report::escape;

use super::facts::CommandError;
use domdiff::xml::DocumentError;

/// Why a command gives no answer; exit status 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense together.
    Usage(String),
    /// An operand could not be read.
    Input(String, InputError),
    /// An input is no domain definition.
    Document(DocumentError),
    /// A question about CPUs or hosts has no answer.
    Facts(CommandError),
    /// Another program failed; what was asked, and what it says.
    Program(String, String),
    /// The configuration or the accepted findings are wrong.
    Policy(PolicyError),
    /// The output could not be written.
    Output(PathBuf, io::Error),
    /// Several of these.
    Several(Vec<Failure>),
}

/// What is wrong with an operand.
#[derive(Debug)]
pub(crate) enum InputError {
    /// No such file.
    Missing,
    /// A directory where a file is wanted.
    Directory,
    /// A directory without definitions.
    NoFiles,
    /// Anything else that reading says.
    Io(io::Error),
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Facts(error)
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self::Document(error)
    }
}

impl Failure {
    /// Prints what is wrong and what to do, on one line each.
    pub(crate) fn print(&self, stderr: &mut dyn io::Write) -> io::Result<()> {
        if let Self::Several(failures) = self {
            return failures
                .iter()
                .try_for_each(|failure| failure.print(stderr));
        }
        writeln!(stderr, "domdiff: {}", escape::line(&self.text()))
    }

    /// What is wrong, unescaped.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Usage(text) => format!("{text}; see domdiff --help"),
            Self::Input(name, error) => format!("{name}: {}", error.text()),
            Self::Document(error) => error.to_string(),
            Self::Facts(error) => error.to_string(),
            Self::Program(command, error) => format!("{command}: {error}"),
            Self::Policy(error) => error.to_string(),
            Self::Output(path, error) => format!("{}: cannot write: {error}", path.display()),
            Self::Several(failures) => failures
                .iter()
                .map(Self::text)
                .collect::<Vec<_>>()
                .join("; "),
        }
    }
}

impl InputError {
    fn text(&self) -> String {
        match self {
            Self::Missing => {
                "no such file; give the path of a domain XML, as `virsh dumpxml` prints it, or - for standard input".into()
            }
            Self::Directory => {
                "is a directory; give the path of a domain XML, or two directories".into()
            }
            Self::NoFiles => "no file in this directory is named *.xml".into(),
            Self::Io(error) => format!("cannot read: {error}"),
        }
    }
}

//! `--lang`: the language that a command speaks.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use study_zoom::text::Language;

/// Flatten it into the arguments of a command.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LanguageArguments {
    /// The language of what is printed: English or Korean
    #[arg(
        long = "lang",
        value_name = "LANGUAGE",
        default_value = Language::English.tag(),
        value_parser = PossibleValuesParser::new([Language::English.tag(), Language::Korean.tag()])
            .map(|tag| Language::from_tag(&tag)),
    )]
    pub(super) language: Language,
}

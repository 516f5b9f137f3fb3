//! What went wrong, for a person: what happened, what to do, and what works all the same.

use shared::{ErrorCode, RoomNameError, anchor};

use crate::call::{CallError, Cause, EngineError, MediaKind, SignalingError};
use crate::text::page as texts;
use crate::text::{Language, Text};

/// What a side of the page sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// A camera and a microphone.
    #[default]
    Devices,
    /// A microphone, and a still picture in place of the camera.
    Microphone,
    /// A drawn picture and a beep.
    Pattern,
    /// Nothing: this side only receives.
    Nothing,
}

impl Source {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Devices, Self::Microphone, Self::Pattern, Self::Nothing];

    /// Its name in `home.html`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Microphone => "microphone",
            Self::Pattern => "pattern",
            Self::Nothing => "nothing",
        }
    }

    /// The source of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Whether a camera or a microphone is a part of it.
    pub fn needs_devices(self) -> bool {
        matches!(self, Self::Devices | Self::Microphone)
    }

    /// What it is called on the page.
    pub fn text(self) -> Text {
        match self {
            Self::Devices => texts::SOURCE_DEVICES,
            Self::Microphone => texts::SOURCE_MICROPHONE,
            Self::Pattern => texts::SOURCE_PATTERN,
            Self::Nothing => texts::SOURCE_NOTHING,
        }
    }
}

/// A problem as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// For tests and styles.
    pub name: &'static str,
    /// What happened.
    pub title: Text,
    /// Why, and what to do.
    pub advice: Text,
    /// What works all the same.
    pub fallbacks: &'static [Source],
    /// The error in its own words, in English: for a search engine, or for a person who helps.
    pub detail: String,
}

const WITHOUT_CAMERA: &[Source] = &[Source::Microphone, Source::Pattern, Source::Nothing];
const WITHOUT_DEVICES: &[Source] = &[Source::Pattern, Source::Nothing];

impl Problem {
    /// Where the server says more about it, in this language.
    pub fn help(&self, language: Language) -> String {
        let anchor = anchor::of_heading(self.title.in_language(language));
        format!("/help/troubleshooting?lang={}#{anchor}", language.tag())
    }

    fn new(name: &'static str, (title, advice): (Text, Text), detail: impl ToString) -> Self {
        Self { name, title, advice, fallbacks: &[], detail: detail.to_string() }
    }

    /// Camera or microphone could not be opened: the errors of
    /// [`getUserMedia`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia), by their names.
    pub fn of_media(error: &EngineError) -> Self {
        let (name, texts, fallbacks) = match &*error.name {
            "NotAllowedError" => ("denied", texts::DENIED, WITHOUT_DEVICES),
            "NotFoundError" => ("not-found", texts::NOT_FOUND, WITHOUT_CAMERA),
            "NotReadableError" | "AbortError" => ("busy", texts::BUSY, WITHOUT_CAMERA),
            "OverconstrainedError" => ("overconstrained", texts::OVERCONSTRAINED, WITHOUT_CAMERA),
            "SecurityError" => ("insecure", texts::INSECURE, WITHOUT_DEVICES),
            _ => ("media", texts::MEDIA_FAILED, WITHOUT_DEVICES),
        };
        Self { fallbacks, ..Self::new(name, texts, error) }
    }

    /// The camera or the microphone in use has gone: unplugged, or its permission was withdrawn.
    pub fn of_lost_device(kind: MediaKind) -> Self {
        let (name, texts, fallbacks) = match kind {
            MediaKind::Audio => ("microphone-gone", texts::MICROPHONE_GONE, WITHOUT_DEVICES),
            MediaKind::Video => ("camera-gone", texts::CAMERA_GONE, WITHOUT_CAMERA),
        };
        Self { fallbacks, ..Self::new(name, texts, "MediaStreamTrack: ended") }
    }

    /// The name of a room breaks a rule.
    pub fn of_room_name(error: &RoomNameError) -> Self {
        Self::new("room-name", texts::BAD_ROOM_NAME, error)
    }

    /// The server could not be reached, or did not let us in.
    pub fn of_signaling(error: &SignalingError) -> Self {
        match error {
            SignalingError::Refused(refusal) => Self::of_refusal(refusal.code, error),
            SignalingError::NotConnected | SignalingError::Unreachable(_) | SignalingError::NoAnswer(_) => {
                Self::new("server", texts::NO_SERVER, error)
            }
        }
    }

    fn of_refusal(code: ErrorCode, error: &impl ToString) -> Self {
        match code {
            ErrorCode::RoomFull => Self::new("room-full", texts::ROOM_FULL, error.to_string()),
            ErrorCode::BadRoomName => Self::new("room-name", texts::BAD_ROOM_NAME, error.to_string()),
            _ => Self::new("refused", texts::REFUSED, error.to_string()),
        }
    }

    /// A call has failed.
    pub fn of_call(error: &CallError) -> Self {
        match (&error.source, error.step.number) {
            (Cause::Engine(source), 0) => Self::of_media(source),
            // What the other side sent is not what this browser understands.
            (Cause::Engine(_), 6 | 10) => Self::new("description", texts::BAD_DESCRIPTION, error),
            (Cause::Engine(_), _) => Self::new("step", texts::STEP_FAILED, error),
            (Cause::Join { source, .. } | Cause::Signaling(source), _) => {
                Self { detail: error.to_string(), ..Self::of_signaling(source) }
            }
            (Cause::NoRelay, _) => Self::new("relay", texts::NO_RELAY, error),
            (Cause::ConnectionFailed, _) => Self::new("path", texts::PATH_FAILED, error),
        }
    }

    /// A call has failed, and nothing is left of its error but the text: a record has no more of it.
    pub fn of_text(text: &str) -> Self {
        let says = |cause: Cause| text.ends_with(&cause.to_string());
        let (step, error) = text.split_once(": ").unwrap_or(("", text));
        if says(Cause::NoRelay) {
            Self::new("relay", texts::NO_RELAY, text)
        } else if let Some(code) = code_at_the_end(text) {
            Self::of_refusal(code, &text)
        } else if says(Cause::ConnectionFailed) {
            Self::new("path", texts::PATH_FAILED, text)
        } else if says(Cause::Signaling(SignalingError::NotConnected)) || !step.starts_with("step ") {
            // Before the first step there is nothing but the way to the server.
            Self::new("server", texts::NO_SERVER, text)
        } else if step.starts_with("step 0 ") {
            let name = error.split(':').next().unwrap_or_default();
            Self { detail: text.to_owned(), ..Self::of_media(&EngineError::new(name, "")) }
        } else {
            Self::new("step", texts::STEP_FAILED, text)
        }
    }
}

/// The code with which the text of a refusal ends, in brackets.
fn code_at_the_end(text: &str) -> Option<ErrorCode> {
    let (_, code) = text.strip_suffix(')')?.rsplit_once('(')?;
    // Other errors end in brackets as well, and what is in them is no code.
    serde_json::from_value(code.into()).ok().filter(|code| *code != ErrorCode::Unknown)
}

#[cfg(test)]
mod tests {
    use shared::{Refusal, RoomName, Step};

    use super::*;

    #[test]
    fn each_error_of_the_devices_has_a_cause_an_advice_and_a_way_on() {
        let mut names = Vec::new();
        for error in
            ["NotAllowedError", "NotFoundError", "NotReadableError", "OverconstrainedError", "SecurityError", "?"]
        {
            let problem = Problem::of_media(&EngineError::new(error, "words"));
            assert!(problem.fallbacks.contains(&Source::Nothing), "{error}: receiving is always possible");
            assert!(problem.detail.contains(error));
            assert!(!names.contains(&problem.name), "{error} looks like another error");
            names.push(problem.name);
        }
        // What is forbidden or hidden altogether is not offered in part.
        for error in ["NotAllowedError", "SecurityError"] {
            let problem = Problem::of_media(&EngineError::new(error, ""));
            assert!(!problem.fallbacks.contains(&Source::Microphone), "{error}");
        }
    }

    #[test]
    fn a_call_that_failed_is_told_by_its_step_and_cause() {
        let engine = || Cause::Engine(EngineError::new("NotFoundError", ""));
        let full = Refusal { code: ErrorCode::RoomFull, message: "two are in \"demo\"".to_owned() };
        let room = RoomName::new("demo").unwrap();
        for (number, source, name) in [
            (0, engine(), "not-found"),
            (3, engine(), "step"),
            (6, engine(), "description"),
            (10, engine(), "description"),
            (13, Cause::ConnectionFailed, "path"),
            (2, Cause::Join { room, source: SignalingError::Refused(full) }, "room-full"),
            (9, Cause::Signaling(SignalingError::NotConnected), "server"),
        ] {
            let error = CallError { step: Step::number(number), source };
            let problem = Problem::of_call(&error);
            assert_eq!(problem.name, name, "{error}");
            assert!(!problem.detail.is_empty());
        }
    }

    #[test]
    fn more_is_said_about_it_in_the_language_of_the_page() {
        let problem = Problem::of_media(&EngineError::new("NotReadableError", ""));
        assert_eq!(
            problem.help(Language::English),
            "/help/troubleshooting?lang=en#the-camera-or-the-microphone-does-not-answer"
        );
        assert!(problem.help(Language::Korean).starts_with("/help/troubleshooting?lang=ko#카메라나-마이크"));
    }

    #[test]
    fn a_text_of_an_error_is_known_again() {
        let engine = || Cause::Engine(EngineError::new("NotFoundError", "no camera: plug one in"));
        let refusal = |code| SignalingError::from(Refusal { code, message: "no".to_owned() });
        let join = |source| Cause::Join { room: RoomName::new("demo").unwrap(), source };
        let refused = |code| join(refusal(code));
        for (number, source) in [
            (0, engine()),
            (3, engine()),
            (13, Cause::ConnectionFailed),
            (1, Cause::NoRelay),
            (9, Cause::Signaling(SignalingError::NotConnected)),
            (2, refused(ErrorCode::RoomFull)),
            (2, refused(ErrorCode::TooFast)),
            (2, refused(ErrorCode::BadRoomName)),
            (5, Cause::Signaling(refusal(ErrorCode::TooLarge))),
            (2, join(SignalingError::NoAnswer("refused (os error 111)".to_owned()))),
        ] {
            let error = CallError { step: Step::number(number), source };
            assert_eq!(Problem::of_text(&error.to_string()).name, Problem::of_call(&error).name, "{error}");
        }
        assert_eq!(Problem::of_text("cannot use the signaling server http://x: no").name, "server");
    }

    #[test]
    fn sources_are_known_by_their_names() {
        for source in Source::ALL {
            assert_eq!(Source::from_name(source.name()), Some(source));
        }
        assert_eq!(Source::from_name("satellite"), None);
    }
}

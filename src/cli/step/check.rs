//! What must hold after each step, from what the events have said.

use shared::{Role, SdpType, SessionDescription, Step};
use study_zoom::call::state::{IceGatheringState, SignalingState};
use study_zoom::call::{ConnectionState, MediaKind};

use super::description::kinds;
use super::side::Facts;

/// Looks whether the facts are as they must be after this step.
///
/// # Errors
/// What was found instead.
pub(super) fn check(step: &Step, a: &Facts, b: &Facts) -> Result<(), String> {
    for (role, side) in [(Role::A, a), (Role::B, b)] {
        let is_done = side.done[usize::from(step.number)] || !step.who.includes(role);
        holds(is_done, || format!("{role}: it is not done"))?;
    }
    match step.number {
        0 => {
            both(a, b, |side| side.stream.as_ref().is_some_and(|stream| !stream.is_empty()), |_| "no stream".to_owned())
        }
        1 => both(a, b, |side| !side.has_moved, |side| format!("signalingState {}", side.signaling)),
        2 => {
            let found = || format!("A {:?}, B {:?}", a.in_room, b.in_room);
            holds((a.in_room, b.in_room) == (Some(Role::A), Some(Role::B)), found)
        }
        3 => {
            let sections = made(a, SdpType::Offer).map(kinds).unwrap_or_default();
            holds(sections == ["audio", "video", "application"], || format!("A {sections:?}"))?;
            signaling("A", a, SignalingState::Stable)
        }
        4 => set_local("A", a, SignalingState::HaveLocalOffer),
        5 => signaling("A", a, SignalingState::HaveLocalOffer),
        6 => {
            unchanged("A", a, "B", b)?;
            signaling("B", b, SignalingState::HaveRemoteOffer)
        }
        7 => {
            let offered = made(a, SdpType::Offer).map(kinds).unwrap_or_default();
            let answered = made(b, SdpType::Answer).map(kinds).unwrap_or_default();
            holds(!answered.is_empty() && offered == answered, || format!("B {answered:?}, A {offered:?}"))
        }
        8 => set_local("B", b, SignalingState::Stable),
        9 => signaling("B", b, SignalingState::Stable),
        10 => {
            unchanged("B", b, "A", a)?;
            signaling("A", a, SignalingState::Stable)
        }
        11 => both(
            a,
            b,
            |side| !side.sent.is_empty() && side.last_sent,
            |side| format!("{} candidates, null: {}", side.sent.len(), side.last_sent),
        ),
        12 => {
            added("A", a, "B", b)?;
            added("B", b, "A", a)
        }
        13 => connected(a, b),
        _ => Ok(()),
    }
}

/// Whether the side is connected, with both tracks of the other side.
fn is_connected(side: &Facts) -> bool {
    let has = |kind| side.tracks.contains(&kind);
    side.connection == ConnectionState::Connected && has(MediaKind::Audio) && has(MediaKind::Video)
}

fn holds(condition: bool, found: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(found()) }
}

fn both(
    a: &Facts,
    b: &Facts,
    condition: impl Fn(&Facts) -> bool,
    found: impl Fn(&Facts) -> String,
) -> Result<(), String> {
    for (name, side) in [("A", a), ("B", b)] {
        holds(condition(side), || format!("{name}: {}", found(side)))?;
    }
    Ok(())
}

fn signaling(name: &str, side: &Facts, state: SignalingState) -> Result<(), String> {
    holds(side.signaling == state, || format!("{name}: signalingState {}", side.signaling))
}

fn set_local(name: &str, side: &Facts, state: SignalingState) -> Result<(), String> {
    holds(side.signaling == state && side.gathering != IceGatheringState::New, || {
        format!("{name}: signalingState {}, iceGatheringState {}", side.signaling, side.gathering)
    })
}

/// The SDP of this type that a side has made.
fn made(side: &Facts, sdp_type: SdpType) -> Option<&str> {
    side.made.as_ref().filter(|description| description.sdp_type == sdp_type).map(|description| &*description.sdp)
}

/// What one side has set is, byte for byte, what the other one has made.
fn unchanged(maker: &str, made: &Facts, receiver: &str, received: &Facts) -> Result<(), String> {
    let length = |description: &Option<SessionDescription>| description.as_ref().map_or(0, |text| text.sdp.len());
    holds(made.made.is_some() && made.made == received.received, || {
        let (made, received) = (length(&made.made), length(&received.received));
        format!("{received} bytes at {receiver}, and {made} bytes at {maker}, with another content")
    })
}

fn added(name: &str, side: &Facts, other_name: &str, other: &Facts) -> Result<(), String> {
    holds(side.added == other.sent && side.last_added, || {
        let added = side.added.iter().filter(|candidate| other.sent.contains(candidate)).count();
        format!("{name} added {added} of the {} candidates of {other_name}", other.sent.len())
    })
}

fn connected(a: &Facts, b: &Facts) -> Result<(), String> {
    both(a, b, is_connected, |side| format!("connectionState {}, tracks {:?}", side.connection, side.tracks))?;
    // Each sees the pair from its own end. A type can differ: what one side calls host is prflx for the other.
    let address = |end: &str| end.rsplit(' ').next().map(str::to_owned);
    let ends = |side: &Facts| side.path.as_ref().map(|path| (address(&path.local), address(&path.remote)));
    let mirrored = ends(b).map(|(local, remote)| (remote, local));
    let shown = |side: &Facts| side.path.as_ref().map_or_else(|| "no pair".to_owned(), ToString::to_string);
    holds(a.path.is_some() && ends(a) == mirrored, || format!("A: {}; B: {}", shown(a), shown(b)))
}

#[cfg(test)]
mod tests {
    use shared::{IceCandidate, STEPS};
    use study_zoom::call::engine::CandidatePair;

    use super::*;

    fn pair(local: &str, remote: &str) -> Option<CandidatePair> {
        Some(CandidatePair { local: format!("udp host {local}"), remote: format!("udp prflx {remote}") })
    }

    #[test]
    fn no_check_holds_before_its_step() {
        for step in &STEPS {
            assert!(check(step, &Facts::default(), &Facts::default()).is_err(), "{step}");
        }
    }

    /// The facts of a side that has taken this step.
    fn after(step: usize) -> Facts {
        let mut facts = Facts::default();
        facts.done[step] = true;
        facts
    }

    #[test]
    fn what_was_changed_or_lost_on_the_way_is_found() {
        let offer = SessionDescription::offer("v=0\r\n");
        let a = Facts { made: Some(offer.clone()), ..after(3) };
        let mut b = Facts { received: Some(offer), signaling: SignalingState::HaveRemoteOffer, ..after(6) };
        assert_eq!(check(Step::number(6), &a, &b), Ok(()));
        b.received = Some(SessionDescription::offer("v=1\r\n"));
        assert!(check(Step::number(6), &a, &b).unwrap_err().contains("another content"));

        let candidate = |name: &str| IceCandidate { candidate: name.to_owned(), ..IceCandidate::default() };
        let sent = Facts { sent: vec![candidate("1"), candidate("2")], last_added: true, ..after(12) };
        let lacks = Facts { added: vec![candidate("1")], last_added: true, ..after(12) };
        assert_eq!(check(Step::number(12), &sent, &lacks), Err("B added 1 of the 2 candidates of A".to_owned()));
    }

    #[test]
    fn the_two_must_see_the_same_pair() {
        let side = |path| Facts {
            path,
            connection: ConnectionState::Connected,
            tracks: vec![MediaKind::Audio, MediaKind::Video],
            ..after(13)
        };
        let (a, b) = (side(pair("10.0.0.1:1", "10.0.0.2:2")), side(pair("10.0.0.2:2", "10.0.0.1:1")));
        assert_eq!(check(Step::number(13), &a, &b), Ok(()));
        let other = side(pair("10.0.0.2:3", "10.0.0.1:1"));
        assert!(check(Step::number(13), &a, &other).unwrap_err().contains("10.0.0.2:3"));
        assert!(check(Step::number(13), &a, &side(None)).unwrap_err().contains("no pair"));
    }
}

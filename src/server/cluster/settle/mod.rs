//! What a server remembers of a room, and what Redis knows of it, brought together.
//!
//! Most of the time the two are the same. They differ after Redis was away, after this server was asleep and the others
//! gave up its people, and after a change of which nobody can say whether it was made.
//!
//! Each server knows best about its own people, and Redis knows best about everybody else's.

use std::time::Duration;

use shared::{RoomName, events};

use super::super::room::{Member, Newcomer, Notice};
use super::room::{ClusterRoom, ServerId};

/// Changes `room`, as Redis has it, to what it is to be, and returns what the members hear. `here` is the room as this
/// server remembers it.
pub(super) fn settle(
    room: &mut ClusterRoom,
    here: &ClusterRoom,
    name: &RoomName,
    me: ServerId,
    now: Duration,
    hold: Duration,
) -> Vec<Notice> {
    if room.room.is_empty() {
        // Redis was started again and knows nothing. The people of other servers as well, so that their places are
        // taken: each of those servers hears of it, and takes out who has left meanwhile.
        room.clone_from(here);
        return vec![];
    }
    let mut notices = vec![];
    // Whoever has come back over another connection takes its own place below: if it left first, its call would be over.
    notices.extend(without_the_gone(room, here, me, |member| !here.room.has_successor_of(member)));

    let ours: Vec<&Member> = here.of(me).collect();
    for member in &ours {
        if let Some(known) = room.room.members.iter_mut().find(|known| known.socket == member.socket) {
            known.call.clone_from(&member.call);
        }
    }
    for member in &ours {
        // Those of our own that are not here any more are older, whatever the clock says.
        let is_gone =
            |other: &Member| room.server_of(other.socket) == Some(me) && here.room.member(other.socket).is_none();
        let elsewhere = room.room.members.iter().any(|other| other.succeeds(member) && !is_gone(other));
        if room.room.member(member.socket).is_none() && !elsewhere {
            notices.extend(enter_again(room, here, name, member, me, now, hold));
        }
    }
    notices.extend(without_the_gone(room, here, me, |_| true));
    // What our own people hear follows from whom they have been with, and whom they are with now.
    let is_ours = |socket| ours.iter().any(|member| member.socket == socket);
    notices.retain(|notice| notice.event == events::PLACE_LOST || !is_ours(notice.to));
    notices.extend(ours.iter().flat_map(|member| news_of_the_other(member, here, room)));
    notices
}

/// Takes out those of our people who are not here any more, if they are to be taken out now.
fn without_the_gone(
    room: &mut ClusterRoom,
    here: &ClusterRoom,
    me: ServerId,
    now: impl Fn(&Member) -> bool,
) -> Vec<Notice> {
    let gone = room.of(me).filter(|member| here.room.member(member.socket).is_none() && now(member));
    let gone: Vec<_> = gone.map(|member| member.socket).collect();
    gone.into_iter().filter_map(|socket| room.leave(socket)).collect()
}

/// Gives a member its place back, if nothing has changed for it; if something has, it is to ask itself.
fn enter_again(
    room: &mut ClusterRoom,
    here: &ClusterRoom,
    name: &RoomName,
    member: &Member,
    me: ServerId,
    now: Duration,
    hold: Duration,
) -> Option<Notice> {
    let Member { socket, client, call, .. } = member.clone();
    let mut with_it = room.clone();
    let entered = with_it.enter(name, Newcomer { socket, client, call, now }, me, hold);
    let before = here.room.other(socket).map(|other| other.socket);
    let as_before = |other| before == other && before.is_none_or(|other| here.server_of(other) == Some(me));
    match entered {
        Ok(entered) if entered.resumed || as_before(entered.other) => {
            *room = with_it;
            entered.notice()
        }
        _ => Some(Notice::new(socket, events::PLACE_LOST)),
    }
}

/// What a member of ours has missed.
fn news_of_the_other(member: &Member, here: &ClusterRoom, room: &ClusterRoom) -> Vec<Notice> {
    let Some(now) = room.room.member(member.socket) else { return vec![] };
    let (before, after) = (here.room.other(member.socket), room.room.other(member.socket));
    if before.map(|other| other.socket) == after.map(|other| other.socket) {
        return vec![];
    }
    let tell = |event| Notice::new(member.socket, event);
    let is_back = |(before, after): (&Member, &Member)| {
        before.client.is_some() && before.client == after.client && now.call.is_some() && now.call == after.call
    };
    if before.zip(after).is_some_and(is_back) {
        return vec![tell(events::RESUMED)];
    }
    let bye = before.map(|_| tell(events::BYE));
    let is_first = room.room.members.first().is_some_and(|first| first.socket == member.socket);
    let welcome = after.filter(|_| is_first).map(|_| tell(events::WELCOME));
    bye.into_iter().chain(welcome).collect()
}

#[cfg(test)]
mod tests;

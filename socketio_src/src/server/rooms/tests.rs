//! What follows from what happens, without a network.

use shared::room_chat::HISTORY;

use super::*;

fn server(name: &str) -> ServerId {
    ServerId(name.to_owned())
}

fn who(name: &str) -> ConnectionId {
    ConnectionId { server: server(name), socket: Sid::new() }
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

fn nickname(name: &str) -> Nickname {
    Nickname::new(name).unwrap()
}

fn entered(who: &ConnectionId, to: &str, name: &str) -> RoomEvent {
    RoomEvent::Entered { who: who.clone(), room: room(to), person: Person { nickname: nickname(name), client: None } }
}

/// Somebody who has shown an id at connect.
fn entered_with_id(who: &ConnectionId, to: &str, client: &str) -> RoomEvent {
    let person = Person { nickname: nickname(client), client: Some(client.to_owned()) };
    RoomEvent::Entered { who: who.clone(), room: room(to), person }
}

fn said(who: &ConnectionId, text: &str, number: u64) -> RoomEvent {
    RoomEvent::Said {
        who: who.clone(),
        room: room("demo"),
        nickname: nickname("mina"),
        text: text.to_owned(),
        client: Some("mina's tab".to_owned()),
        number: Some(number),
    }
}

/// Rooms, and the time.
#[derive(Default)]
struct Scene(Rooms, Offset);

impl Scene {
    fn apply(&mut self, happened: RoomEvent) -> Vec<Notification> {
        let mut news = Vec::new();
        self.1 = self.1.next(1);
        self.0.apply(happened, self.1, &mut news);
        news
    }

    fn entered(&self, name: &str, after: Option<Offset>) -> Entered {
        self.0.entered(&room(name), after, self.1)
    }

    /// In short: `+mina 2`, `-mina 1`, `rooms`, and so on.
    fn happens(&mut self, happened: RoomEvent) -> Vec<String> {
        let short = |news| match news {
            Notification::Welcome { nickname, count, .. } => format!("+{nickname} {count}"),
            Notification::Bye { nickname, count, .. } => format!("-{nickname} {count}"),
            Notification::Renamed { old, new, .. } => format!("{old}={new}"),
            Notification::NewMessage { message, .. } => message.line,
            Notification::Replaced { .. } => "replaced".to_owned(),
            Notification::RoomChange => "rooms".to_owned(),
        };
        self.apply(happened).into_iter().map(short).collect()
    }
}

#[test]
fn rooms_appear_are_counted_and_are_empty_again() {
    let mut scene = Scene::default();
    let (mina, jun) = (who("s"), who("s"));
    assert_eq!(scene.happens(entered(&mina, "demo", "mina")), ["+mina 1", "rooms"]);
    assert_eq!(scene.happens(entered(&jun, "demo", "jun")), ["+jun 2"]);
    assert_eq!(scene.happens(entered(&jun, "demo", "jun")), [""; 0], "entering again changes nothing");
    assert_eq!(scene.happens(entered(&jun, "other", "jun")), ["-jun 1", "+jun 1", "rooms"]);
    assert_eq!(scene.0.public(), [&room("demo"), &room("other")]);
    assert_eq!(scene.happens(RoomEvent::Left { who: mina.clone() }), ["-mina 0", "rooms"]);
    assert_eq!(scene.happens(RoomEvent::Left { who: mina }), [""; 0], "leaving twice changes nothing");
    assert_eq!(scene.0.public(), [&room("other")]);
    scene.happens(RoomEvent::Left { who: jun });
    assert!(scene.0.rooms.is_empty() && scene.0.room_of.is_empty() && scene.0.connection_of.is_empty());
}

#[test]
fn a_new_nickname_is_news_and_the_same_one_is_not() {
    let mut scene = Scene::default();
    let mina = who("s");
    let renamed = |name: &str| RoomEvent::Renamed { who: mina.clone(), nickname: nickname(name) };
    assert_eq!(scene.happens(renamed("mina")), [""; 0], "in no room there is nobody to tell");
    scene.happens(entered(&mina, "demo", "Anon"));
    assert_eq!(scene.happens(renamed("mina")), ["Anon=mina"]);
    assert_eq!(scene.happens(renamed("mina")), [""; 0]);
    assert_eq!(scene.entered("demo", None).people, [nickname("mina")]);
}

#[test]
fn what_was_said_after_an_offset_is_missed_and_nothing_else() {
    let mut scene = Scene::default();
    let mina = who("s");
    for number in 1..=3 {
        scene.happens(said(&mina, &number.to_string(), number));
    }
    let all = scene.entered("demo", Some(Offset::default()));
    let lines: Vec<_> = all.missed.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(lines, ["mina: 1", "mina: 2", "mina: 3"]);
    assert!(all.complete);
    let later = scene.entered("demo", Some(all.missed[1].1.offset));
    assert_eq!(later.missed, all.missed[2..]);
    assert!(scene.entered("demo", Some(all.offset)).missed.is_empty());
    assert!(scene.entered("demo", None).missed.is_empty(), "who was never there has missed nothing");
}

#[test]
fn a_room_remembers_so_much_and_says_when_that_is_not_all() {
    let mut scene = Scene::default();
    let mina = who("s");
    scene.happens(said(&mina, "first", 1));
    let first = scene.entered("demo", None).offset;
    for number in 2..=HISTORY as u64 + 1 {
        scene.happens(said(&mina, "more", number));
    }
    let missed = scene.entered("demo", Some(first));
    assert_eq!((missed.missed.len(), missed.complete), (HISTORY, true), "the first was seen, all others are there");
    let missed = scene.entered("demo", Some(Offset::default()));
    assert_eq!((missed.missed.len(), missed.complete), (HISTORY, false), "the first is forgotten");
}

#[test]
fn what_was_said_before_the_beginning_is_not_claimed_to_be_known() {
    let before = Offset { milliseconds: 1, number: 0 };
    let now = Offset { milliseconds: 2, number: 0 };
    let rooms = Rooms::begin(now);
    assert!(!rooms.entered(&room("demo"), Some(before), now).complete);
    assert!(rooms.entered(&room("demo"), Some(now), now).complete);
    assert!(rooms.entered(&room("demo"), None, now).complete);
}

#[test]
fn who_entered_an_empty_room_can_go_on_from_there() {
    let mut scene = Scene::default();
    let mina = who("s");
    scene.happens(entered(&mina, "demo", "mina"));
    let empty = scene.entered("demo", None);
    scene.happens(said(&mina, "first", 1));
    assert_eq!(scene.entered("demo", Some(empty.offset)).missed.len(), 1);
}

#[test]
fn what_is_said_twice_under_one_number_is_heard_once() {
    let mut scene = Scene::default();
    let (mina, again) = (who("s"), who("other server"));
    assert_eq!(scene.happens(said(&mina, "one", 1)), ["mina: one"]);
    assert_eq!(scene.happens(said(&again, "one", 1)), [""; 0]);
    assert_eq!(scene.happens(said(&again, "two", 2)), ["mina: two"]);
    assert_eq!(scene.entered("demo", Some(Offset::default())).missed.len(), 2);
}

#[test]
fn a_client_takes_its_place_back_from_an_older_connection() {
    let mut scene = Scene::default();
    let (old, new) = (who("s"), who("s"));
    scene.happens(entered_with_id(&old, "demo", "tab"));
    let news = scene.happens(entered_with_id(&new, "demo", "tab"));
    assert_eq!(news, ["-tab 0", "rooms", "replaced", "+tab 1", "rooms"]);
    assert_eq!(scene.happens(RoomEvent::Left { who: old }), [""; 0], "the older one takes nobody with it");
    assert_eq!(scene.entered("demo", None).count, 1);
}

#[test]
fn a_server_that_is_gone_takes_its_people_with_it_and_nobody_else() {
    let mut scene = Scene::default();
    let (mina, jun) = (who("a"), who("b"));
    scene.happens(entered(&mina, "demo", "mina"));
    scene.happens(entered(&jun, "demo", "jun"));
    assert_eq!(scene.happens(RoomEvent::Gone { server: server("a") }), ["-mina 1"]);
    assert_eq!(scene.happens(RoomEvent::Gone { server: server("a") }), [""; 0]);
    // It was only asleep.
    let people = vec![(mina.clone(), room("demo"), Person { nickname: nickname("mina"), client: None })];
    let awake = RoomEvent::People { server: server("a"), people: people.clone() };
    assert_eq!(scene.happens(awake.clone()), ["+mina 2"]);
    assert_eq!(scene.happens(awake), [""; 0], "the same people are no news");
    assert_eq!(scene.0.people_of(&server("a")), people);
    let moved = vec![(mina, room("other"), Person { nickname: nickname("min"), client: None })];
    let news = scene.happens(RoomEvent::People { server: server("a"), people: moved });
    assert_eq!(news, ["-mina 1", "+min 1", "rooms"]);
}

#[test]
fn quiet_rooms_are_forgotten_in_the_end() {
    let mut scene = Scene::default();
    for n in 0..Rooms::QUIET_ROOMS + 5 {
        let (mina, name) = (who("s"), format!("room {n}"));
        scene.happens(entered(&mina, &name, "mina"));
        let RoomEvent::Said { text, nickname, .. } = said(&mina, "hi", 1) else { unreachable!() };
        let said = RoomEvent::Said { who: mina.clone(), room: room(&name), nickname, text, client: None, number: None };
        scene.happens(said);
        scene.happens(RoomEvent::Left { who: mina });
    }
    assert_eq!(scene.0.rooms.len(), Rooms::QUIET_ROOMS);
    assert!(!scene.0.rooms.contains_key(&room("room 0")), "the one that was quiet for longest");
    assert!(!scene.entered("room 0", Some(Offset::default())).complete, "and that is not hidden");
}

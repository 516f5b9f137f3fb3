//! Two servers, here and there. `ours` are people of here, `theirs` of there; Redis has one thing, here remembers
//! another.

use proptest::prelude::*;
use socketioxide::socket::Sid;

use super::super::super::room::Room;
use super::*;

const HOLD: Duration = Duration::from_secs(10);
const NOW: Duration = Duration::from_secs(1_700_000_000);

struct Two {
    here: ServerId,
    there: ServerId,
}

impl Two {
    fn new() -> Self {
        Self { here: ServerId::draw(), there: ServerId::draw() }
    }

    fn ours(&self) -> Person {
        member(self.here)
    }

    fn theirs(&self) -> Person {
        member(self.there)
    }

    fn settle(&self, redis: &ClusterRoom, here: &ClusterRoom) -> (ClusterRoom, Vec<Notice>) {
        let mut room = redis.clone();
        let name = RoomName::new("demo").unwrap();
        let notices = settle(&mut room, here, &name, self.here, NOW, HOLD);
        (room, notices)
    }
}

/// A member, and the server that it is connected to.
#[derive(Debug, Clone)]
struct Person {
    server: ServerId,
    socket: Sid,
    client: Option<String>,
    call: Option<String>,
}

fn member(server: ServerId) -> Person {
    Person { server, socket: Sid::new(), client: None, call: None }
}

fn in_call(member: Person) -> Person {
    Person { call: Some("1".to_owned()), ..member }
}

fn room(members: &[&Person]) -> ClusterRoom {
    let as_member =
        |Person { socket, client, call, .. }: Person| Member { socket, client, call, since: NOW - 2 * HOLD };
    ClusterRoom {
        room: Room { members: members.iter().map(|person| as_member((*person).clone())).collect() },
        servers: members.iter().map(|person| (person.socket, person.server)).collect(),
    }
}

fn sockets(room: &ClusterRoom) -> Vec<Sid> {
    room.room.members.iter().map(|member| member.socket).collect()
}

fn tells(to: &Person, event: &'static str) -> Notice {
    Notice::new(to.socket, event)
}

#[test]
fn an_empty_redis_learns_of_all_and_nobody_hears_anything() {
    let two = Two::new();
    let (alice, bob) = (two.ours(), two.theirs());
    let here = room(&[&alice, &bob]);
    assert_eq!(two.settle(&ClusterRoom::default(), &here), (here, vec![]));
}

#[test]
fn who_has_left_while_redis_was_away_is_taken_out_and_the_other_hears_bye() {
    let two = Two::new();
    let (left, bob) = (two.ours(), two.theirs());
    let settled = two.settle(&room(&[&left, &bob]), &ClusterRoom::default());
    assert_eq!(settled, (room(&[&bob]), vec![tells(&bob, events::BYE)]));
}

#[test]
fn who_has_come_while_redis_was_away_is_entered_and_the_other_of_the_same_server_hears_nothing() {
    let two = Two::new();
    let (alice, dave) = (two.ours(), two.ours());
    for (alice, dave) in [(alice.clone(), dave.clone()), (in_call(alice), in_call(dave))] {
        let before = Person { call: None, ..alice.clone() };
        let (room, notices) = two.settle(&room(&[&before]), &room(&[&alice, &dave]));
        assert_eq!((sockets(&room), notices), (vec![alice.socket, dave.socket], vec![]));
    }
}

#[test]
fn a_call_that_was_resumed_while_redis_was_away_goes_on() {
    let two = Two::new();
    let (alice, bob) = (in_call(two.ours()), in_call(two.theirs()));
    let (room, notices) = two.settle(&room(&[&bob]), &room(&[&alice, &bob]));
    assert_eq!(sockets(&room), [bob.socket, alice.socket]);
    assert_eq!(notices, [tells(&bob, events::RESUMED)]);
}

#[test]
fn who_was_given_up_asks_for_a_place_again() {
    let two = Two::new();
    let (alice, bob, carol) = (two.ours(), two.theirs(), two.theirs());
    for redis in [room(&[&bob]), room(&[&bob, &carol])] {
        let settled = two.settle(&redis, &room(&[&alice, &bob]));
        assert_eq!(settled, (redis, vec![tells(&alice, events::PLACE_LOST)]));
    }
}

#[test]
fn two_who_have_filled_a_room_that_is_full_ask_for_places_again() {
    let two = Two::new();
    let (alice, bob, carol, dave) = (two.ours(), two.ours(), two.theirs(), two.theirs());
    let redis = room(&[&carol, &dave]);
    let (room, notices) = two.settle(&redis, &room(&[&in_call(alice.clone()), &in_call(bob.clone())]));
    assert_eq!(room, redis);
    assert_eq!(notices, [tells(&alice, events::PLACE_LOST), tells(&bob, events::PLACE_LOST)]);
}

#[test]
fn two_who_were_alone_on_two_servers_do_not_both_stay_a() {
    let two = Two::new();
    let (alice, bob) = (two.ours(), two.theirs());
    let (room, notices) = two.settle(&room(&[&bob]), &room(&[&alice]));
    assert_eq!((sockets(&room), notices), (vec![bob.socket], vec![tells(&alice, events::PLACE_LOST)]));
}

#[test]
fn a_client_that_has_come_back_at_another_server_has_taken_its_place_with_it() {
    let two = Two::new();
    let secret = Some("secret".to_owned());
    let (alice, bob) = (Person { client: secret.clone(), ..two.ours() }, two.theirs());
    let redis = room(&[&bob, &Person { client: secret, ..two.theirs() }]);
    assert_eq!(two.settle(&redis, &room(&[&alice, &bob])), (redis, vec![]));
}

#[test]
fn a_client_that_has_come_here_while_redis_was_away_takes_the_place_of_its_older_connection() {
    let two = Two::new();
    let secret = Some("secret".to_owned());
    let (alice, bob) = (in_call(Person { client: secret.clone(), ..two.ours() }), in_call(two.ours()));
    let older = in_call(Person { client: secret, ..two.theirs() });
    let mut here = room(&[&bob, &alice]);
    here.room.members[1].since += HOLD;
    let (room, notices) = two.settle(&room(&[&older, &bob]), &here);
    assert_eq!((sockets(&room), notices), (vec![bob.socket, alice.socket], vec![]));
}

#[test]
fn a_client_that_has_come_back_here_while_redis_was_away_is_still_in_its_call() {
    let two = Two::new();
    let secret = Some("secret".to_owned());
    let (older, alice) =
        (in_call(Person { client: secret.clone(), ..two.ours() }), Person { client: secret, ..two.ours() });
    let (alice, bob) = (in_call(alice), in_call(two.theirs()));
    let (room, notices) = two.settle(&room(&[&older, &bob]), &room(&[&bob, &alice]));
    assert_eq!((sockets(&room), notices), (vec![bob.socket, alice.socket], vec![tells(&bob, events::RESUMED)]));
}

#[test]
fn what_was_missed_about_the_other_is_told() {
    let two = Two::new();
    let secret = Some("secret".to_owned());
    let (alice, carol) = (two.ours(), two.theirs());
    let bob = Person { client: secret.clone(), ..two.theirs() };
    let back = in_call(Person { client: secret, ..two.theirs() });
    for (before, after, in_call, told) in [
        (Some(&bob), None, false, vec![events::BYE]),
        (None, Some(&carol), false, vec![events::WELCOME]),
        (Some(&bob), Some(&carol), false, vec![events::BYE, events::WELCOME]),
        (Some(&bob), Some(&back), false, vec![events::BYE, events::WELCOME]),
        (Some(&bob), Some(&back), true, vec![events::RESUMED]),
        (Some(&bob), Some(&bob), false, vec![]),
    ] {
        let alice = if in_call { self::in_call(alice.clone()) } else { alice.clone() };
        let with = |other: Option<&Person>| room(&[Some(&alice), other].into_iter().flatten().collect::<Vec<_>>());
        let (_, notices) = two.settle(&with(after), &with(before));
        assert_eq!(notices, told.into_iter().map(|event| tells(&alice, event)).collect::<Vec<_>>());
    }
}

proptest! {
    /// Redis and this server each have any two of six people, who may be in calls and come back from dead connections.
    #[test]
    fn whatever_the_two_know_nobody_is_lost_and_no_room_has_three(
        people in proptest::collection::vec((any::<bool>(), 0..3_usize, 0..3_usize), 6),
        in_redis in proptest::sample::subsequence((0..6_usize).collect::<Vec<_>>(), 1..=2),
        known_here in proptest::sample::subsequence((0..6_usize).collect::<Vec<_>>(), 0..=2),
    ) {
        let two = Two::new();
        let word = |number: usize| (number > 0).then(|| number.to_string());
        let people: Vec<Person> = people.iter().map(|(ours, client, call)| Person {
            client: word(*client), call: word(*call), ..if *ours { two.ours() } else { two.theirs() }
        }).collect();
        let pick = |picked: &[usize]| room(&picked.iter().map(|index| &people[*index]).collect::<Vec<_>>());
        let (redis, here) = (pick(&in_redis), pick(&known_here));
        let (settled, notices) = two.settle(&redis, &here);

        prop_assert!(settled.room.members.len() <= 2);
        for member in here.of(two.here) {
            let lost = notices.contains(&Notice::new(member.socket, events::PLACE_LOST));
            let in_it = settled.room.member(member.socket).is_some();
            let is_back = !in_it && settled.room.has_successor_of(member);
            prop_assert!(in_it != lost || is_back, "{member:?} {settled:?} {notices:?}");
        }
        for member in &settled.room.members {
            let is_ours = settled.server_of(member.socket) == Some(two.here);
            let remembered = here.room.member(member.socket).is_some();
            prop_assert!(!is_ours || remembered, "a ghost of ours: {member:?}");
            // Their people are their server's business.
            prop_assert!(is_ours || redis.room.member(member.socket).is_some());
        }
        prop_assert_eq!(settled.servers.len(), settled.room.members.len());
        // Nothing is left to be done.
        let known = if settled.of(two.here).next().is_some() { settled.clone() } else { ClusterRoom::default() };
        let (again, notices) = two.settle(&settled, &known);
        prop_assert_eq!((again, notices), (settled, vec![]));
    }
}

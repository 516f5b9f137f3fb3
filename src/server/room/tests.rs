use super::*;

const HOLD: Duration = Duration::from_secs(10);

fn name() -> RoomName {
    RoomName::new("demo").unwrap()
}

fn newcomer() -> Newcomer {
    Newcomer { socket: Sid::new(), client: None, call: None, now: Duration::ZERO }
}

fn in_call(call: &str) -> Newcomer {
    Newcomer { call: Some(call.to_owned()), ..newcomer() }
}

fn with_secret(call: Option<&str>) -> Newcomer {
    Newcomer { client: Some("secret".to_owned()), call: call.map(str::to_owned), ..newcomer() }
}

/// A room and a clock that stands still.
struct Scene(Room, Duration);

impl Scene {
    fn new() -> Self {
        Self(Room::default(), Duration::from_secs(1_700_000_000))
    }

    fn enter(&mut self, newcomer: &Newcomer) -> Result<(Role, Option<Sid>, bool), ErrorCode> {
        let before = self.0.clone();
        let newcomer = Newcomer { now: self.1, ..newcomer.clone() };
        let entered = self.0.enter(&name(), newcomer, HOLD);
        if entered.is_err() {
            assert_eq!(self.0, before, "after a refusal the room is as it was");
        }
        let entered = entered.map_err(|refusal| refusal.code)?;
        Ok((entered.role, entered.other, entered.resumed))
    }

    fn other(&self, socket: Sid) -> Option<Sid> {
        self.0.other(socket).map(|member| member.socket)
    }
}

fn bye(to: Sid) -> Option<Notice> {
    Some(Notice::new(to, events::BYE))
}

#[test]
fn the_first_is_a_the_second_is_b_and_the_third_disturbs_nobody() {
    let mut scene = Scene::new();
    let (alice, bob, carol) = (newcomer(), newcomer(), newcomer());
    assert_eq!(scene.enter(&alice), Ok((Role::A, None, false)));
    assert_eq!(scene.enter(&bob), Ok((Role::B, Some(alice.socket), false)));
    assert_eq!(scene.enter(&carol), Err(ErrorCode::RoomFull));
    assert_eq!(scene.0.leave(carol.socket), None);
    assert_eq!(scene.other(alice.socket), Some(bob.socket));
    assert_eq!(scene.other(bob.socket), Some(alice.socket));
}

#[test]
fn the_one_that_stays_is_a_for_whoever_comes_next() {
    let mut scene = Scene::new();
    let (alice, bob) = (newcomer(), newcomer());
    scene.enter(&alice).unwrap();
    scene.enter(&bob).unwrap();
    assert_eq!(scene.0.leave(alice.socket), bye(bob.socket));
    assert_eq!(scene.enter(&alice), Ok((Role::B, Some(bob.socket), false)));
    assert_eq!(scene.0.leave(alice.socket), bye(bob.socket));
    assert_eq!(scene.0.leave(bob.socket), None);
    assert!(scene.0.is_empty());
}

#[test]
fn two_that_name_the_same_call_resume_it() {
    let mut scene = Scene::new();
    assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(false));
    assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(true));

    let mut scene = Scene::new();
    scene.enter(&newcomer()).unwrap();
    assert_eq!(scene.enter(&newcomer()).map(|entered| entered.2), Ok(false), "no call is not the same call");
}

#[test]
fn a_place_in_a_call_is_held_for_the_one_who_belongs_there() {
    let mut scene = Scene::new();
    scene.enter(&in_call("1")).unwrap();
    assert_eq!(scene.enter(&newcomer()), Err(ErrorCode::RoomFull));
    assert_eq!(scene.enter(&in_call("2")), Err(ErrorCode::RoomFull));
    assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(true));

    let mut scene = Scene::new();
    scene.enter(&in_call("1")).unwrap();
    scene.1 += HOLD;
    assert_eq!(scene.enter(&newcomer()).map(|entered| entered.2), Ok(false), "not without end");

    let mut scene = Scene::new();
    scene.enter(&in_call("1")).unwrap();
    scene.1 -= Duration::from_secs(3600);
    assert_eq!(scene.enter(&newcomer()).map(|entered| entered.2), Ok(false), "nor by a clock that is ahead");
}

#[test]
fn a_client_takes_its_own_place_back_from_a_dead_connection() {
    let mut scene = Scene::new();
    let (alice, dead) = (newcomer(), with_secret(None));
    scene.enter(&alice).unwrap();
    scene.enter(&dead).unwrap();
    scene.0.agree("1");
    let back = with_secret(Some("1"));
    assert_eq!(scene.enter(&back), Ok((Role::B, Some(alice.socket), true)));
    assert_eq!(scene.0.leave(dead.socket), None, "the dead connection takes nobody with it");
    assert_eq!(scene.other(alice.socket), Some(back.socket));
    let back_again = with_secret(Some("1"));
    assert_eq!(scene.enter(&back_again), Ok((Role::B, Some(alice.socket), true)));
    // A page that was loaded again has lost the call.
    assert_eq!(scene.enter(&with_secret(None)), Ok((Role::B, Some(alice.socket), false)));
}

#[test]
fn a_client_that_comes_back_to_somebody_else_is_told_so() {
    let mut scene = Scene::new();
    let (alice, dead, carol) = (newcomer(), with_secret(None), newcomer());
    scene.enter(&alice).unwrap();
    scene.enter(&dead).unwrap();
    scene.0.agree("1");
    // While nobody knows that it is dead, alice leaves, and carol comes.
    scene.0.leave(alice.socket);
    assert_eq!(scene.enter(&carol), Ok((Role::B, Some(dead.socket), false)));
    assert_eq!(scene.enter(&with_secret(Some("1"))), Ok((Role::B, Some(carol.socket), false)));
}

#[test]
fn a_room_survives_the_way_through_json() {
    let mut scene = Scene::new();
    scene.enter(&with_secret(Some("1"))).unwrap();
    scene.enter(&in_call("1")).unwrap();
    let text = serde_json::to_string(&scene.0).unwrap();
    assert_eq!(serde_json::from_str::<Room>(&text).unwrap(), scene.0);
}

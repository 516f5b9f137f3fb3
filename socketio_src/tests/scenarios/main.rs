//! The chat through the client of this crate: against our server, and against the same chat on the original server.
//!
//! Every scenario runs against both, and expects the same. `tests/node/chat.js` is the chat as it is written in Node; what
//! the two do differently is a defect of one of them. The Node server is a child process; install it once:
//! ```text
//! npm install --prefix socketio_src/tests/node
//! cargo test -p socketio_src --test scenarios -- --include-ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
#[path = "../common/mod.rs"]
mod common;

/// The two servers.
mod servers;
/// Somebody who chats.
#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod person;
/// A connection that can be cut.
mod wire;

/// The people of a room.
mod people;
/// What is said.
mod messages;
/// Lost connections.
mod resume;
/// What the server does not do.
mod refusals;

/// One test per scenario. The attribute tells the two servers apart.
macro_rules! every_scenario_against {
    ($server:ty, $attribute:meta) => {
        every_scenario_against! { $server, $attribute,
            people::whoever_enters_sees_the_others_and_is_welcomed
            people::whoever_goes_is_missed_by_those_who_stay
            people::whoever_enters_another_room_leaves_the_first
            people::entering_the_same_room_again_changes_nothing
            people::a_nickname_goes_with_everything_that_is_said
            people::everybody_knows_which_rooms_have_people_in_them
            people::everybody_hears_what_servers_there_are
            messages::a_message_has_the_shape_that_its_receiver_understands
            messages::a_message_without_an_acknowledgement_arrives_as_well
            messages::a_client_of_the_first_version_is_at_home
            messages::a_thousand_messages_keep_their_order
            messages::the_others_see_who_types
            messages::the_history_is_what_was_said
            resume::what_is_said_during_a_cut_arrives_exactly_once
            resume::a_cut_in_a_silence_is_no_loss
            resume::a_repeated_message_is_acknowledged_and_not_delivered_again
            resume::a_number_without_an_id_means_nothing
            resume::who_was_away_too_long_learns_that_something_is_lost
            resume::after_a_restart_the_chat_goes_on_and_the_loss_is_told
            resume::who_has_heard_nothing_yet_misses_nothing_either
            resume::a_second_connection_with_the_same_id_replaces_the_first
            refusals::wrong_arguments_are_refused_by_name
            refusals::names_that_break_a_rule_are_refused
            refusals::who_is_not_in_a_room_cannot_talk_there
            refusals::an_unknown_event_is_refused
            refusals::a_message_is_neither_empty_nor_too_large
            refusals::a_packet_beyond_all_limits_ends_its_connection
            refusals::who_talks_too_fast_is_refused_and_may_go_on_later
        }
    };
    ($server:ty, $attribute:meta, $($module:ident::$scenario:ident)+) => {
        $(
            #[tokio::test]
            #[$attribute]
            async fn $scenario() {
                crate::$module::$scenario::<$server>().await;
            }
        )+
    };
}

mod our_server {
    every_scenario_against!(crate::servers::OurChat, doc = "In this process.");
}

mod node_server {
    every_scenario_against!(
        crate::servers::NodeChat,
        ignore = "needs Node and npm: npm install --prefix socketio_src/tests/node"
    );
}

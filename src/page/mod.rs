//! What a person sees of a call: the page, from the lobby into a call and back.
//!
//! The elements are in `site/home.html`; the files here fill them in.

/// The page's elements, and the language they speak.
mod dom;
/// Before the call.
mod lobby;
/// Whether the STUN and TURN servers can be reached from here.
mod tester;
/// Cameras and microphones that come and go.
mod devices;
/// How loud the microphone is.
mod meter;
/// During the call: the buttons.
mod toolbar;
/// The stay in a room, over a reload.
mod stay;
/// While a person is alone in the room.
mod invitation;
/// The parts of the call that share a place.
mod views;
/// One key for each button.
mod shortcuts;
/// What is heard when the other side comes or goes.
mod sounds;
/// How long two people were connected.
mod talk;
/// After a call.
mod ended;
/// What a person has chosen, for the next visit.
mod choices;
/// Lines of chat.
mod chat_log;
/// The files that are sent and received.
mod file_list;
/// What a term means.
mod glossary;
/// Every step of the call, to be looked at.
mod panel;
/// Gives the person a file that the page has made.
mod save;
/// `/record`: a call that was saved.
mod replay;
/// Another tab of the same browser.
mod tabs;
/// Failures that are brought back on purpose.
mod lab;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use gloo_timers::callback::Timeout;
use shared::{Role, RoomName, Sending};
use socketio_src::client::web::Browser;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;

use crate::browser::engine::{BrowserEngine, CurrentPeer};
use crate::browser::file_channel::BrowserFileChannel;
use crate::browser::local_media::LocalMedia;
use crate::call::{Call, CallEvent, CallOptions, ConnectionState, Controls, EndReason, Fault, MediaKind};
use crate::explain::problem::Problem;
use crate::explain::reach::Verdict;
use crate::signaling::SocketIoSignaling;
use crate::text::page as texts;
use crate::text::{Language, Text, fill_in};
use dom::{Dom, set};
use file_list::FileList;
use meter::Meter;
use panel::Panel;
use stay::Stay;
use tabs::OtherTabs;
use talk::Talk;
use views::View;

/// Begins the page of a saved call. It has a bundle of its own: who makes a call does not fetch it.
///
/// # Errors
/// There is no document.
pub fn start_record_page() -> Result<(), JsValue> {
    replay::open(document()?);
    Ok(())
}

/// When the call is shown although it has not come far, in milliseconds: the browser asks for the camera, or nobody answers.
const AT_THE_LATEST: u32 = 300;

/// The document, in the language that was chosen last, or in that of the browser.
fn document() -> Result<Dom, JsValue> {
    let window = web_sys::window().ok_or("there is no window")?;
    let asked_for = choices::recall("language").or(window.navigator().language());
    let language = Language::from_tag(&asked_for.unwrap_or_default());
    Ok(Dom::new(window.document().ok_or("there is no document")?, language))
}

/// Runs when the bundle has been loaded.
#[cfg_attr(not(feature = "record-page"), wasm_bindgen(start))]
pub fn start_page() -> Result<(), JsValue> {
    let dom = document()?;
    let language = dom.language();
    let (files_sender, incoming_files) = unbounded();
    let (ended_sender, ended) = unbounded();
    let current = CurrentPeer::default();
    let panel = Panel::open(&dom, current.clone());
    let fault = lab::switch_on();
    panel.open_saving();
    let page = Rc::new(Page {
        media: Rc::new(LocalMedia::new([dom.element("preview"), dom.element("local")], ended_sender)),
        file_list: FileList::open(&dom, current.clone(), panel.clone(), incoming_files),
        panel,
        dom,
        current,
        controls: RefCell::default(),
        busy: Cell::default(),
        meter: RefCell::default(),
        problem: RefCell::default(),
        tester: RefCell::default(),
        gone: Default::default(),
        status: Cell::new(texts::CONNECTING),
        peer_sending: Cell::default(),
        tabs: RefCell::default(),
        coming_back: RefCell::default(),
        in_room: Cell::default(),
        talk: Cell::default(),
        files: files_sender,
        standing: RefCell::default(),
        fault,
    });
    for (id, language) in [("english", Language::English), ("korean", Language::Korean)] {
        page.on(id, "click", move |page| {
            choices::keep("language", language.tag());
            page.speak(language);
        });
    }
    page.open_lobby();
    page.open_tester();
    page.open_toolbar();
    views::open(&page.dom);
    page.open_invitation();
    page.open_shortcuts();
    page.open_devices(ended);
    page.speak(language);
    page.come_back();
    page.connect_ahead();
    // For a test to look at: how long it took from the beginning of the navigation.
    let ready = (crate::browser::js::now() as u32).max(1).to_string();
    set(&page.dom.root(), "data-ready", &ready);
    Ok(())
}

/// STUN and TURN servers by their URL, and what was found out about each.
type Tested = Vec<(String, Option<Verdict>)>;

/// The page, and the call that it shows.
struct Page {
    dom: Dom,
    /// What this side sends.
    media: Rc<LocalMedia>,
    /// The peer connection of the call under way.
    current: CurrentPeer,
    /// The call under way.
    controls: RefCell<Option<Controls>>,
    /// A call is under way, or about to be.
    busy: Cell<bool>,
    /// The level of the microphone, in the lobby.
    meter: RefCell<Option<Meter>>,
    /// What the lobby says went wrong.
    problem: RefCell<Option<Problem>>,
    /// The servers of the last test of the connection, and what was found out so far.
    tester: RefCell<Option<Tested>>,
    /// Sound, picture: sent no more because the device has gone, not because the person wants it so.
    gone: [Cell<bool>; 2],
    /// How the call is.
    status: Cell<Text>,
    /// What the other side says that it sends.
    peer_sending: Cell<Option<Sending>>,
    /// Every step of the call.
    panel: Rc<Panel>,
    /// The files that are sent and received.
    file_list: Rc<FileList>,
    /// Other tabs of this browser in the same room.
    tabs: RefCell<Option<OtherTabs>>,
    /// What this person sent before the page was loaded again.
    coming_back: RefCell<Option<Sending>>,
    /// The server has let this person in.
    in_room: Cell<bool>,
    /// How long the two were connected.
    talk: Cell<Talk>,
    /// Where the engine puts the channels on which files come.
    files: UnboundedSender<BrowserFileChannel>,
    /// A connection to the server, for the call to come.
    standing: RefCell<Option<SocketIoSignaling<Browser>>>,
    /// The failure of the flow that is wanted.
    fault: Option<Fault>,
}

impl Page {
    fn on(self: &Rc<Self>, id: &str, event: &'static str, act: impl Fn(&Rc<Page>) + 'static) {
        let page = self.clone();
        self.dom.on(id, event, move || act(&page));
    }

    fn with_controls(&self, tell: impl Fn(&Controls)) {
        if let Some(controls) = &*self.controls.borrow() {
            tell(controls);
        }
    }

    /// Speaks another language from now on.
    fn speak(self: &Rc<Self>, language: Language) {
        self.dom.speak(language);
        self.dom.set_pressed("english", language == Language::English);
        self.dom.set_pressed("korean", language == Language::Korean);
        self.show_name();
        self.list_devices();
        self.show_status(self.status.get());
        self.show_peer_sending();
        self.panel.show();
        self.show_tester();
        let problem = self.problem.take();
        if let Some(problem) = problem {
            self.show_problem(problem);
        }
    }

    /// Enters the room again in which the page was loaded again.
    fn come_back(self: &Rc<Self>) {
        let Some(stay) = Stay::recall() else { return };
        self.dom.element::<HtmlInputElement>("room").set_value(&stay.room);
        self.choose_source(stay.source());
        *self.coming_back.borrow_mut() = Some(stay.sending);
        self.join();
    }

    /// Enters the room. Two clicks enter once.
    fn join(self: &Rc<Self>) {
        if self.busy.replace(true) {
            return;
        }
        let page = self.clone();
        spawn_local(async move {
            page.clear_problem();
            page.dom.show("ended", false);
            page.meter.take();
            page.dom.set_text("entering", page.dom.say(texts::ENTERING));
            let result = page.call().await;
            page.controls.take();
            page.tabs.take();
            Stay::forget();
            page.panel.rest();
            page.busy.set(false);
            page.dom.set_text("entering", "");
            let was_in_room = page.in_room.take();
            page.show_call(false);
            if was_in_room {
                page.show_ended(if result.is_ok() { texts::ENDED_HUNG_UP } else { texts::ENDED_BROKE });
            }
            page.panel.offer_record();
            if let Err(problem) = result {
                page.show_problem(problem);
            }
            page.connect_ahead();
        });
    }

    /// Connects while a person still looks at the lobby: then the call does not wait for it.
    fn connect_ahead(self: &Rc<Self>) {
        let page = self.clone();
        spawn_local(async move {
            // If it does not work, joining tries again, and says why. Who has joined meanwhile has another connection.
            if !page.busy.get()
                && let Ok(signaling) = page.connect().await
                && !page.busy.get()
            {
                *page.standing.borrow_mut() = Some(signaling);
                // The first peer connection of a page starts the threads of WebRTC. An error comes again with the next one.
                let _ = web_sys::RtcPeerConnection::new().map(|peer| peer.close());
            }
        });
    }

    /// One stay in a room, from joining to hanging up.
    async fn call(self: &Rc<Self>) -> Result<(), Problem> {
        let room = RoomName::new(&self.dom.input("room")).map_err(|error| Problem::of_room_name(&error))?;
        self.panel.start_record(room.as_str());
        let signaling = self.signaling().await.inspect_err(|problem| {
            self.panel.add(CallEvent::Ended(EndReason::Failed(problem.detail.clone())));
        })?;

        let engine = BrowserEngine::new(
            self.media.clone(),
            self.dom.element("remote"),
            self.current.clone(),
            self.files.clone(),
        );
        let step_by_step = self.dom.is_checked("step-by-step");
        let relay_only = self.dom.is_checked("relay-only");
        let fault = self.fault;
        let options = CallOptions { step_by_step, relay_only, fault, ..CallOptions::new(room.clone()) };
        let (call, controls, mut events) = Call::new(engine, signaling, options);
        *self.controls.borrow_mut() = Some(controls);
        self.reset_toolbar();
        if let Some(sending) = self.coming_back.take() {
            let kinds = [(MediaKind::Audio, sending.audio), (MediaKind::Video, sending.video)];
            for (kind, _) in kinds.into_iter().filter(|(_, on)| !on) {
                self.with_controls(|controls| controls.set_track_enabled(kind, false));
            }
        }
        let mut stay = Stay::new(room.as_str().to_owned(), self.media.source(), Sending::default());
        self.panel.reset(step_by_step);
        self.name_room(&room);
        choices::keep("room", room.as_str());
        self.show_status(texts::CONNECTING);
        // Laying out the call takes longer than its first steps. So it is shown when this side waits for a person, or has sent
        // its answer. Dropped with the call: one that has failed at once is not shown any more.
        let page = self.clone();
        let mut showing = Some(Timeout::new(AT_THE_LATEST, move || page.show_call(true)));
        let watching = async {
            // The events end with the call.
            while let Some(event) = events.next().await {
                let is_time = matches!(event, CallEvent::InRoom(Role::A) | CallEvent::StepWaiting(_))
                    || matches!(event, CallEvent::StepDone(step, _) if step.number == 9);
                if is_time && showing.take().is_some() {
                    self.show_call(true);
                }
                match &event {
                    CallEvent::InRoom(_) => {
                        stay.remember();
                        if self.tabs.borrow().is_none() {
                            *self.tabs.borrow_mut() = OtherTabs::enter(&room, &self.dom);
                        }
                    }
                    CallEvent::Sending(sending) => {
                        stay.sending = *sending;
                        stay.remember();
                    }
                    _ => {}
                }
                self.show(&event);
            }
        };
        futures::join!(call.run(), watching).0.map_err(|error| Problem::of_call(&error))
    }

    /// The connection that stands already, or another one.
    async fn signaling(&self) -> Result<SocketIoSignaling<Browser>, Problem> {
        let standing = self.standing.take().and_then(SocketIoSignaling::unless_lost);
        match standing {
            Some(signaling) => Ok(signaling),
            None => self.connect().await,
        }
    }

    /// A connection to the server that the page comes from.
    async fn connect(&self) -> Result<SocketIoSignaling<Browser>, Problem> {
        let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
        let (signaling, driver) = SocketIoSignaling::new(Browser, &origin);
        spawn_local(driver.run());
        signaling.connected().await.map_err(|error| Problem::of_signaling(&error))
    }

    /// One of the two is seen: the lobby, or the call.
    fn show_call(&self, in_call: bool) {
        if in_call && self.dom.root().has_attribute("data-in-call") {
            return;
        }
        self.dom.show("lobby", !in_call);
        self.dom.show("call", in_call);
        self.dom.show("preview-on", true);
        if in_call {
            set(&self.dom.root(), "data-in-call", "");
            views::begin(&self.dom);
            // The keyboard begins at the call. An error says that it cannot.
            let _ = self.dom.element::<web_sys::HtmlElement>("call").focus();
        } else {
            // An error says that there is no such attribute.
            let _ = self.dom.root().remove_attribute("data-in-call");
        }
    }

    fn show(self: &Rc<Self>, event: &CallEvent) {
        self.panel.note(event);
        let dom = &self.dom;
        match event {
            CallEvent::InRoom(role) => {
                self.in_room.set(true);
                dom.set_text("role", &role.to_string());
                // That the other side has left stays to be read until the next one is there.
                if self.status.get() != texts::PEER_LEFT {
                    self.show_status(texts::WAITING);
                }
            }
            CallEvent::StepDone(step, _) => {
                if step.number == 0 {
                    self.stream_is_there();
                }
                views::news(dom, View::Steps);
            }
            // Who holds the call up is said: it is this person.
            CallEvent::StepWaiting(step) => {
                let status = self.status.get();
                if status == texts::WAITING
                    || status == texts::CONNECTING
                    || status == texts::PEER_LEFT && step.number > 2
                {
                    self.show_status(texts::HELD);
                }
                views::news(dom, View::Steps);
            }
            CallEvent::StepStarted(_) if self.status.get() == texts::HELD => self.show_status(texts::CONNECTING),
            // Somebody is there.
            CallEvent::PeerStep(..) if self.status.get() == texts::WAITING => self.show_status(texts::CONNECTING),
            CallEvent::CandidateRefused(error) => self.notice(texts::CANDIDATE_REFUSED, error),
            CallEvent::ConnectionState(state) => {
                self.show_status(match state {
                    ConnectionState::New | ConnectionState::Connecting => texts::CONNECTING,
                    ConnectionState::Connected => texts::CONNECTED,
                    ConnectionState::Disconnected => texts::RECONNECTING,
                    ConnectionState::Failed => texts::PATH_LOST,
                    ConnectionState::Closed => texts::CLOSED,
                });
                if *state == ConnectionState::Connected {
                    self.count(true);
                }
            }
            CallEvent::ChatOpen => self.file_list.allow(true),
            CallEvent::ChatReceived(text) => {
                chat_log::add(dom, dom.say(texts::OTHER_SIDE), text);
                views::news(dom, View::Chat);
            }
            CallEvent::ChatSent(text) => chat_log::add(dom, &self.own_name(), text),
            CallEvent::ChatNotSent(text, reason) => {
                chat_log::add(dom, &fill_in(dom.say(texts::CHAT_NOT_SENT), &[reason]), text);
            }
            CallEvent::Sending(sending) => {
                dom.set_pressed("mute", !sending.audio);
                dom.set_pressed("camera", !sending.video);
            }
            CallEvent::PeerSending(sending) => {
                self.peer_sending.set(Some(*sending));
                self.show_peer_sending();
            }
            CallEvent::SignalingLost(_) => dom.set_text("signaling", dom.say(texts::SIGNALING_LOST)),
            CallEvent::SignalingBack => dom.set_text("signaling", ""),
            CallEvent::Ended(reason) => {
                self.count(false);
                self.file_list.allow(false);
                self.peer_sending.set(None);
                self.show_peer_sending();
                match reason {
                    EndReason::PeerLeft(_) => self.show_status(texts::PEER_LEFT),
                    EndReason::StartedOver => self.show_status(texts::STARTED_OVER),
                    EndReason::HungUp | EndReason::Failed(_) => {}
                }
            }
            _ => {}
        }
    }

    /// Measures how long the two are connected, and lets it be heard when that changes.
    fn count(&self, connected: bool) {
        let mut talk = self.talk.get();
        let is_news = if connected { talk.begin() } else { talk.end() };
        self.talk.set(talk);
        if is_news && self.dom.is_checked("sounds") {
            sounds::play(connected);
        }
    }

    /// Step 0 is done: the names of the devices are known now, and so is what is not sent.
    fn stream_is_there(self: &Rc<Self>) {
        self.list_devices();
        for kind in self.media.missing() {
            self.with_controls(|controls| controls.set_track_enabled(kind, false));
        }
        let has_picture = !self.media.missing().contains(&MediaKind::Video);
        self.dom.element::<web_sys::HtmlButtonElement>("share").set_disabled(!has_picture);
    }

    /// How the call is, in words, and for a test to look at.
    fn show_status(&self, status: Text) {
        self.status.set(status);
        self.dom.set_text("status", self.dom.say(status));
        let connected = status == texts::CONNECTED;
        self.dom.set("status", "data-connected", if connected { "true" } else { "false" });
        self.invite(status == texts::WAITING || status == texts::PEER_LEFT);
        self.dom.set("call", "data-reconnecting", if status == texts::RECONNECTING { "true" } else { "false" });
    }

    fn show_peer_sending(&self) {
        let mut badges = Vec::new();
        let off = self.peer_sending.get().is_some_and(|sending| !sending.video && !sending.screen);
        self.dom.set("call", "data-peer-camera", if off { "off" } else { "on" });
        if let Some(sending) = self.peer_sending.get() {
            let said = [
                (!sending.audio, texts::PEER_MUTED),
                (!sending.video, texts::PEER_CAMERA_OFF),
                (sending.screen, texts::PEER_SCREEN),
            ];
            badges.extend(said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| self.dom.say(text)));
        }
        self.dom.set_text("remote-badges", &badges.join(", "));
    }

    /// Something that the person should know, and that stops nothing.
    fn notice(&self, text: Text, value: &str) {
        self.dom.set_text("notice", &fill_in(self.dom.say(text), &[value]));
    }
}

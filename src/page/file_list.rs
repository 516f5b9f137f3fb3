//! Files in the call: what is on its way, in both directions.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use futures::channel::oneshot;
use shared::FILE_CHANNEL;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File, HtmlElement, HtmlInputElement, HtmlProgressElement, Url};

use super::dom::{Dom, append, fill, on, set};
use super::panel::Panel;
use super::save::link;
use super::views::{self, View};
use crate::browser::engine::CurrentPeer;
use crate::browser::file_channel::{BrowserFileChannel, ChosenFile, ReceivedFile};
use crate::browser::js::{field, now, rounded};
use crate::explain::record::{FileNews, RecordEvent};
use crate::text::page as texts;
use crate::text::{Text, fill_in};
use crate::transfer::{Canceller, Offered, Progress, TransferError, canceller, receive_file, send_file};

/// How often a rate is computed and shown, in milliseconds: one over a shorter time jumps too much to be read.
const RATE_TIME: f64 = 500.0;
/// So many offers wait for a decision. What is offered beyond that is refused: nobody can fill the page.
const MOST_OFFERS: u32 = 100;
/// What marks an offer that nobody has decided about.
const UNDECIDED: &str = "[data-act=accept]";
/// Of this many rows of files that did not arrive the oldest is let go. A file that can be saved stays.
const TOO_MANY_FAILED: &str = ":nth-last-child(101 of [data-state=failed])";

/// The list of the files that are sent and received.
pub(super) struct FileList {
    dom: Dom,
    peer: CurrentPeer,
    /// Keeps the record of the call.
    panel: Rc<Panel>,
    /// The transfers under way. They end with the call.
    transfers: RefCell<Vec<(usize, Canceller)>>,
    /// The number of the latest transfer.
    last_transfer: Cell<usize>,
    /// Channels of ours that carry no file at the moment. They end with the call as well.
    free_channels: RefCell<Vec<BrowserFileChannel>>,
}

impl FileList {
    /// An empty list. `incoming` are the channels on which the other side offers files.
    pub(super) fn open(
        dom: &Dom,
        peer: CurrentPeer,
        panel: Rc<Panel>,
        incoming: UnboundedReceiver<BrowserFileChannel>,
    ) -> Rc<Self> {
        let (transfers, last_transfer, free_channels) = Default::default();
        let list = Rc::new(Self { dom: dom.clone(), peer, panel, transfers, last_transfer, free_channels });
        let choosing = list.clone();
        dom.on("file-choice", "change", move || choosing.send_chosen());
        spawn_local(list.clone().receive_from(incoming));
        list
    }

    fn send_chosen(self: &Rc<Self>) {
        let input: HtmlInputElement = self.dom.element("file-choice");
        let files = input.files();
        for file in files.iter().flat_map(|files| (0..files.length()).filter_map(|index| files.get(index))) {
            spawn_local(self.clone().send(file));
        }
        // The same file can be chosen again.
        input.set_value("");
    }

    async fn receive_from(self: Rc<Self>, mut incoming: UnboundedReceiver<BrowserFileChannel>) {
        while let Some(channel) = incoming.next().await {
            let list = self.clone();
            spawn_local(async move {
                list.receive(&channel).await;
                while channel.take_if_free() {
                    list.receive(&channel).await;
                }
            });
        }
    }

    /// Allows files to be sent, or ends all transfers and allows none.
    pub(super) fn allow(&self, allowed: bool) {
        self.dom.element::<HtmlInputElement>("file-choice").set_disabled(!allowed);
        if !allowed {
            let transfers = self.transfers.take();
            transfers.into_iter().for_each(|(_, transfer)| transfer.cancel("the call has ended"));
            self.free_channels.take();
        }
    }

    async fn send(self: Rc<Self>, file: File) {
        let Some(peer) = self.peer.get() else { return };
        let mut source = ChosenFile::new(file.clone());
        let row = Row::new(&self.dom, &file.name(), file.size());
        row.say(texts::FILE_WAITS);
        let free = std::iter::from_fn(|| self.free_channels.borrow_mut().pop()).find(BrowserFileChannel::is_open);
        let channel = free.unwrap_or_else(|| BrowserFileChannel::new(peer.create_data_channel(FILE_CHANNEL)));
        let cancel = self.cancellable(&row);
        self.record(true, false, None);
        if !channel.opened().await {
            self.record(true, true, None);
            return row.fail(&TransferError::Closed);
        }
        let sent = send_file(&channel, &mut source, |progress| row.progress(progress), cancel).await;
        self.forget_transfer(&row);
        if channel.take_if_free() {
            self.free_channels.borrow_mut().push(channel);
        }
        self.record(true, true, sent.as_ref().ok().map(|sent| sent.size));
        match sent {
            Ok(sent) => row.done(texts::FILE_SENT, &sent.sha256),
            Err(error) => row.fail(&error),
        }
    }

    /// Waits for a file on this channel, and deals with it.
    async fn receive(self: &Rc<Self>, channel: &BrowserFileChannel) {
        let row: RefCell<Option<Rc<Row>>> = RefCell::default();
        let (canceller, cancel) = canceller();
        let id = self.keep_transfer(canceller);
        let decide = async |offered: Offered| {
            if self.undecided() >= MOST_OFFERS {
                return Err("too many files wait for a decision: offer it again later".to_owned());
            }
            let shown = Rc::new(Row::new(&self.dom, &offered.name, offered.size as f64));
            *row.borrow_mut() = Some(shown.clone());
            shown.id.set(id);
            views::news(&self.dom, View::Chat);
            if let Some(reason) = self.no_room_for(&offered).await {
                return Err(reason);
            }
            self.record(false, false, None);
            if !shown.ask().await {
                return Err("the person does not want it".to_owned());
            }
            self.cancel_with(&shown);
            Ok(ReceivedFile::default())
        };
        let shown = || row.borrow().clone();
        let progress = |progress| {
            if let Some(row) = shown() {
                row.progress(progress);
            }
        };
        let received = receive_file(channel, decide, progress, cancel).await;
        self.transfers.borrow_mut().retain(|(other, _)| *other != id);
        // Without a row there was no offer: nothing that a person would have to know.
        let Some(row) = shown() else { return };
        self.record(false, true, received.as_ref().ok().map(|received| received.offered.size));
        match received {
            Ok(received) => {
                row.done(texts::FILE_RECEIVED, &received.sha256);
                if let Ok(url) = Url::create_object_url_with_blob(&received.stored) {
                    let save = link(&self.dom, &received.offered.name, &url);
                    save.set_text_content(Some(self.dom.say(texts::FILE_SAVE)));
                    save.set_class_name("button");
                    append(&row.buttons, [save.as_ref()]);
                }
            }
            Err(error) => row.fail(&error),
        }
    }

    fn undecided(&self) -> u32 {
        let list: Element = self.dom.element("file-list");
        list.query_selector_all(UNDECIDED).map_or(0, |offers| offers.length())
    }

    /// Whether the browser has room for it ([`estimate`](https://storage.spec.whatwg.org/#dom-storagemanager-estimate));
    /// if not, why.
    async fn no_room_for(&self, offered: &Offered) -> Option<String> {
        let storage = web_sys::window().map(|window| window.navigator().storage())?;
        // Missing on a page that anybody on the way could have changed.
        if JsValue::from(&storage).is_undefined() {
            return None;
        }
        let estimate = JsFuture::from(storage.estimate().ok()?).await.ok()?;
        let room = field(&estimate, "quota").as_f64()? - field(&estimate, "usage").as_f64()?;
        let values = [bytes(offered.size as f64), bytes(room)];
        let text = fill_in(self.dom.say(texts::FILE_TOO_LARGE), &[&values[0], &values[1]]);
        (offered.size as f64 > room).then_some(text)
    }

    /// A transfer that the button in this row cancels, and the end of the call.
    fn cancellable(self: &Rc<Self>, row: &Row) -> impl Future<Output = String> + Unpin + use<> {
        let (canceller, cancel) = canceller();
        row.id.set(self.keep_transfer(canceller));
        self.cancel_with(row);
        cancel
    }

    fn keep_transfer(&self, canceller: Canceller) -> usize {
        let id = self.last_transfer.get() + 1;
        self.last_transfer.set(id);
        self.transfers.borrow_mut().push((id, canceller));
        id
    }

    fn cancel_with(self: &Rc<Self>, row: &Row) {
        let (list, id) = (self.clone(), row.id.get());
        let button = row.button(texts::FILE_CANCEL, "cancel");
        on(&button, "click", move || {
            let mut transfers = list.transfers.borrow_mut();
            if let Some(index) = transfers.iter().position(|(other, _)| *other == id) {
                transfers.remove(index).1.cancel("the person has cancelled it");
            }
        });
        fill(&row.buttons, [button.as_ref()]);
    }

    /// How far a file is, for the record of the call.
    fn record(&self, sent: bool, done: bool, size: Option<u64>) {
        self.panel.add(RecordEvent::File(FileNews { sent, done, size }));
    }

    fn forget_transfer(&self, row: &Row) {
        self.transfers.borrow_mut().retain(|(other, _)| *other != row.id.get());
    }
}

/// One file in the list.
struct Row {
    dom: Dom,
    item: Element,
    state: Element,
    bar: HtmlProgressElement,
    buttons: Element,
    id: Cell<usize>,
    /// When how much had been done, for the rate.
    measured: Cell<(f64, f64)>,
}

impl Row {
    fn new(dom: &Dom, name: &str, size: f64) -> Self {
        let (item, name, state) = (dom.make("li", ""), dom.make("b", name), dom.make("small", ""));
        let (bar, buttons) = (dom.make("progress", ""), dom.make("div", ""));
        buttons.set_class_name("buttons");
        append(&item, [&name, &dom.make("span", &format!(" {}", bytes(size))), &bar, &state, &buttons]);
        append(&dom.element("file-list"), [&item]);
        let bar: HtmlProgressElement = bar.unchecked_into();
        bar.set_max(size.max(1.0));
        bar.set_value(0.0);
        let (id, measured) = (Cell::default(), Cell::new((now(), 0.0)));
        Self { dom: dom.clone(), item, state, bar, buttons, id, measured }
    }

    fn say(&self, text: Text) {
        self.state.set_text_content(Some(self.dom.say(text)));
    }

    fn button(&self, text: Text, name: &str) -> HtmlElement {
        let button = self.dom.make("button", self.dom.say(text));
        set(&button, "data-act", name);
        button.unchecked_into()
    }

    /// Waits until the person has decided.
    async fn ask(&self) -> bool {
        self.say(texts::FILE_OFFERED);
        let (sender, decided) = oneshot::channel();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let (accept, refuse) = (self.button(texts::FILE_ACCEPT, "accept"), self.button(texts::FILE_REFUSE, "refuse"));
        for (button, decision) in [(&accept, true), (&refuse, false)] {
            let sender = sender.clone();
            on(button, "click", move || {
                if let Some(sender) = sender.take() {
                    // An error says that the other side has given up meanwhile.
                    let _ = sender.send(decision);
                }
            });
        }
        fill(&self.buttons, [accept.as_ref(), refuse.as_ref()]);
        decided.await.unwrap_or(false)
    }

    fn progress(&self, Progress { done, total }: Progress) {
        let (done, now) = (done as f64, now());
        self.bar.set_value(done);
        // Each megabyte comes in sixty pieces: a text for each would be drawn for nobody.
        let (then, before) = self.measured.get();
        if done > 0.0 && now - then < RATE_TIME {
            return;
        }
        self.measured.set((now, done));
        let rate = (done - before) / (now - then) * 1000.0;
        let rate = if rate > 0.0 { format!(", {}/s", bytes(rate)) } else { String::new() };
        self.state.set_text_content(Some(&format!("{} / {}{rate}", bytes(done), bytes(total as f64))));
    }

    fn done(&self, text: Text, sha256: &str) {
        set(&self.item, "data-state", "done");
        set(&self.item, "data-sha256", sha256);
        self.bar.set_value(self.bar.max());
        self.buttons.set_text_content(None);
        self.state.set_text_content(Some(&format!("{} — SHA-256 {sha256}", self.dom.say(text))));
    }

    fn fail(&self, error: &TransferError) {
        set(&self.item, "data-state", "failed");
        self.buttons.set_text_content(None);
        let text = fill_in(self.dom.say(texts::FILE_FAILED), &[&error.to_string()]);
        self.state.set_text_content(Some(&text));
        let list: Element = self.dom.element("file-list");
        if let Ok(Some(oldest)) = list.query_selector(TOO_MANY_FAILED) {
            oldest.remove();
        }
    }
}

/// A number of bytes for a person: 999 B, 1.5 kB, 20.0 MB.
fn bytes(count: f64) -> String {
    let (count, digits, unit) = match count {
        count if count < 1e3 => (count, 0, " B"),
        count if count < 1e6 => (count / 1e3, 1, " kB"),
        count if count < 1e9 => (count / 1e6, 1, " MB"),
        count => (count / 1e9, 1, " GB"),
    };
    rounded(count, digits) + unit
}

// The chat in a browser, with nothing but the browser's own WebSocket.
// https://developer.mozilla.org/en-US/docs/Web/API/WebSocket
//
// The browser answers the server's pings by itself and tells nobody: a page never sees one, and cannot send one either.
// That the connection is lost it learns from the `close` event.

const FIRST_WAIT = 500, LONGEST_WAIT = 10_000; // milliseconds
const LONGEST = 16 * 1024; // bytes of UTF-8 that the server takes in one message
const LINES = 500; // a chat that runs for days must not fill the memory
const NAMES = 200; // and a crowd is a number

const element = (id) => document.getElementById(id);
const people = new Map(); // id -> nickname, of those whose names we know

let socket;
let me; // our id: the server says which, on each connection
let nickname; // what we asked to be called, to say it again after a reconnect
let failures = 0; // in a row

function connect() {
  show('connecting');
  // A page that came with https must use wss.
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  socket = new WebSocket(url);
  socket.addEventListener('message', ({ data }) => on(JSON.parse(data)));
  socket.addEventListener('close', onClose);
}

function onClose({ code, reason }) {
  // Twice as long each time, and by chance up to half shorter or longer: when a server restarts, all its clients lose
  // it in the same moment, and must not all come back in the same moment.
  const wait = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT) * (0.5 + Math.random());
  failures += 1;
  show('disconnected', `disconnected (${code}${reason && `: ${reason}`}), trying again in ${(wait / 1000).toFixed(1)} s`);
  setTimeout(connect, wait);
  if (code === 1006 && me === undefined) sayWhyNot();
}

// A handshake that was refused looks like any other connection that broke: the browser keeps the answer to itself. So the
// page asks once more, in a way that it may read.
async function sayWhyNot() {
  const answer = await fetch('/origin', { method: 'POST' }).catch(() => undefined); // the server is away
  if (answer?.status === 403) element('state').textContent = await answer.text();
}

// One function for each type of event.
const handlers = {
  welcome({ you, count, people: here }) {
    failures = 0;
    me = you.id;
    people.clear();
    here.forEach(note);
    note(you);
    showPeople(count);
    show('connected');
    if (nickname) send('nickname', nickname);
  },
  joined({ person, count }) {
    note(person);
    showPeople(count);
    say(`${person.nickname} joined`, 'notice');
  },
  left({ person, count }) {
    people.delete(person.id);
    showPeople(count);
    say(`${person.nickname} left`, 'notice');
  },
  renamed({ person, before }) {
    note(person);
    showPeople();
    say(`${before} is ${person.nickname} now`, 'notice');
  },
  new_message({ from, payload }) {
    const own = from.id === me;
    say(payload, own ? 'own' : '', own ? 'You' : from.nickname);
  },
  error({ message }) {
    say(`Not sent: ${message}`, 'notice');
  },
};

function on(event) {
  // `Object.hasOwn`: a server that says `toString` must not get at what every object has.
  if (Object.hasOwn(handlers, event.type)) handlers[event.type](event);
}

function send(type, payload) {
  socket.send(JSON.stringify({ type, payload }));
}

function note({ id, nickname }) {
  if (people.size < NAMES || people.has(id)) people.set(id, nickname);
}

function show(state, text = state) {
  element('state').dataset.state = state;
  element('state').textContent = text;
  for (const id of ['message', 'send', 'nickname', 'rename']) element(id).disabled = state !== 'connected';
}

function showPeople(count = Number(element('count').textContent)) {
  element('count').textContent = count;
  const names = [...people].map(([id, name]) => item(id === me ? `${name} (you)` : name));
  if (count > people.size) names.push(item(`and ${count - people.size} more`));
  element('people').replaceChildren(...names);
}

function say(text, className, who) {
  const line = item('', className);
  if (who) {
    const name = document.createElement('span');
    name.className = 'who';
    name.textContent = `${who}: `;
    line.append(name);
  }
  line.append(text); // as text: `append` makes a text node of a string
  const log = element('log');
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  log.append(line);
  if (log.childElementCount > LINES) log.firstElementChild.remove();
  // The list stays where it is for a person who has scrolled up to read.
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// What others wrote is set as text, always. Markup in it stays what it is: characters.
function item(text, className = '') {
  const li = document.createElement('li');
  li.className = className;
  li.textContent = text;
  return li;
}

element('message-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const payload = element('message').value;
  // For a larger message the server would end the connection (close code 1009), and the text would be lost.
  const size = new TextEncoder().encode(JSON.stringify({ type: 'new_message', payload })).length;
  if (size > LONGEST) return say(`Not sent: a message has at most ${LONGEST} bytes. Send it in parts.`, 'notice');
  send('new_message', payload);
  element('message').value = '';
});

element('nickname-form').addEventListener('submit', (event) => {
  event.preventDefault();
  nickname = element('nickname').value;
  send('nickname', nickname);
});

connect();

// The chat: rooms, people, and messages that are said once, whatever happens to the connection.
//
// What others say has an offset, its place in the room: after a reconnect the server is told the last one that we have
// seen, and replies with those that we missed. What we say has a number, and stays with us until the server has
// acknowledged it: what was not acknowledged is sent again, and the server takes each number once.

import { ask, socket, transports, tryTo } from './connection.js';
import { element, make, notice, say, sayMine, showPeople, showRooms, showTyping } from './log.js';
import { becomeSomebodyElse, mine, save } from './resume.js';
import { showTravel } from './travels.js';

const TYPING_TIME = 3_000; // milliseconds without a key, and nobody types any more
const LONGEST = 16 * 1024; // bytes of UTF-8 that the server takes in one message
const SEEN = 500; // offsets that are remembered: more than the server remembers messages

let inRoom = false; // the server knows us to be in `mine.room`
let early = []; // messages that come while we enter a room
let rooms = [];
let here = { people: [], count: 0 };
const seen = new Map(); // offset -> the line of that message, if it was not ours

// ---- Rooms

async function enter(name) {
  if (inRoom && name === mine.room) return;
  // A person who enters a room leaves the one before. Said in two steps, we know in which room a message was said.
  if (inRoom) await leave();
  if (name !== mine.room) forgetRoom();
  // That is where we want to be, from here on: without a connection, the next one leads there.
  mine.room = name;
  save();
  showRoom();
  const reply = await tryTo('enter_room', { payload: name, after: mine.after });
  if (mine.room !== name) return; // we have thought better of it
  const meanwhile = early.splice(0);
  if (!reply) return socket.connected && notEntered(name);
  inRoom = true;
  mine.room = reply.room;
  if (!reply.complete) say('Some messages were forgotten: the server keeps only the last ones.', 'notice');
  for (const [text, meta] of reply.missed) receive(text, meta, 'while you were away');
  mine.after = reply.offset;
  save();
  for (const message of meanwhile) receive(...message);
  showRoom();
  show(reply.people, reply.count);
  sendUnsent();
}

/** A room in which we were before lets us in again, if not now then soon. */
function notEntered(name) {
  if (mine.after !== undefined) return setTimeout(() => mine.room === name && enter(name), 1000);
  forgetRoom();
  save();
  showRoom();
}

async function leave() {
  const { room } = mine;
  inRoom = false;
  forgetRoom();
  save();
  showRoom();
  await tryTo('leave_room', room);
  early = [];
}

function forgetRoom() {
  Object.assign(mine, { room: null, after: undefined });
  seen.clear();
  stopAllTyping();
  element('log').replaceChildren();
}

function showRoom() {
  element('here').hidden = mine.room === null;
  element('nowhere').hidden = mine.room !== null;
  element('room-name').textContent = mine.room ?? '';
  showRooms(rooms, mine.room, enter);
}

function show(people, count = here.count) {
  here = { people, count };
  showPeople(people, count);
}

// ---- Messages

function receive(text, { offset, nickname }, missed = '') {
  if (seen.has(offset)) return;
  typed(nickname, false);
  const line = say(text.slice(nickname.length + 2), missed && 'missed', nickname);
  line.append(make('small', missed));
  note(offset, line);
}

/** Up to here we have seen everything. */
function note(offset, line) {
  mine.after = offset;
  save();
  seen.set(offset, line);
  if (seen.size > SEEN) seen.delete(seen.keys().next().value);
}

function speak(text) {
  mine.counter += 1;
  const message = { counter: mine.counter, room: mine.room, text };
  mine.unsent.push(message);
  save();
  showUnsent(message);
  sendUnsent();
}

function showUnsent(message) {
  Object.assign(message, { since: performance.now(), tries: 0, shown: sayMine(message.text) });
  message.shown.state('pending', 'not sent yet');
}

let sending = false;

/** One after the other: a number that was refused can come again only as long as the server has taken no later one. */
async function sendUnsent() {
  if (sending) return;
  sending = true;
  while (inRoom && mine.unsent.length) await send(mine.unsent[0]);
  sending = false;
}

async function send(message) {
  const { text, room, counter, shown } = message;
  // The server would end the connection, with each attempt again, and all later messages would wait behind this one.
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > LONGEST) return settle(message, 'failed', `not sent: ${bytes} bytes, ${LONGEST} are allowed: send it in parts`);
  if (room !== mine.room) return settle(message, 'failed', `not sent: you have left ${room}`);
  message.tries += 1;
  shown.state('pending', message.tries > 1 ? 'sent again …' : 'sent …');
  try {
    const { offset, duplicate } = await ask('new_message', text, room, counter);
    // When the server got it and we did not hear of that, it was among the missed ones: one line is enough.
    seen.get(offset)?.remove();
    if (offset && room === mine.room) note(offset, null);
    const took = `✓ ${Math.round(performance.now() - message.since)} ms`;
    const tries = message.tries > 1 ? `, sent ${message.tries} times` : '';
    settle(message, 'acked', took + tries + (duplicate ? ', the server had it already' : ''));
  } catch (error) {
    if (!mine.unsent.includes(message)) return;
    if (error.code && error.code !== 'too_fast') return settle(message, 'failed', `not sent: ${error.message}`);
    shown.state('pending', error.code ? error.message : 'not acknowledged, to be sent again');
    if (error.code) await new Promise((resume) => setTimeout(resume, 1000));
  }
}

/** The end of a message's journey: `acked` or `failed`. */
function settle(message, state, words) {
  mine.unsent = mine.unsent.filter((other) => other !== message);
  save();
  message.shown.state(state, words);
  if (state !== 'failed') return;
  if (message.room === mine.room) message.shown.offer('Try again', () => speak(message.text));
  else notice(`In ${message.room}: ${message.text} (${words})`);
}

// ---- Who types

const typing = new Map(); // nickname -> timer

function typed(who, types) {
  clearTimeout(typing.get(who));
  if (types) typing.set(who, setTimeout(() => typed(who, false), 2 * TYPING_TIME));
  else typing.delete(who);
  showTyping([...typing.keys()]);
}

function stopAllTyping() {
  for (const who of typing.keys()) typed(who, false);
}

let iType = false;
let soon;

function sayTyping(types) {
  clearTimeout(soon);
  if (types) soon = setTimeout(() => sayTyping(false), TYPING_TIME);
  // Volatile: old news of this kind is worth nothing, and is never kept for later.
  if (inRoom && types !== iType) socket.volatile.emit('typing', types, mine.room);
  iType = types;
}

// ---- What the server says

socket.on('connect', () => {
  if (mine.nickname) tryTo('nickname', mine.nickname);
  if (mine.room) enter(mine.room);
});

socket.on('disconnect', () => {
  inRoom = false;
  iType = false;
  early = [];
  stopAllTyping();
});

socket.on('new_message', (...message) => {
  if (inRoom) receive(...message);
  // Those that we missed come first.
  else early.push(message);
});

socket.on('welcome', (nickname, count) => {
  show([...here.people, nickname], count);
  say(`${nickname} joined`, 'notice');
});

socket.on('bye', (nickname, count) => {
  typed(nickname, false);
  show(exchange(nickname), count);
  say(`${nickname} left`, 'notice');
});

socket.on('renamed', (before, now) => {
  typed(before, false);
  show(exchange(before, now));
  say(`${before} is ${now} now`, 'notice');
});

/** The people, one of those with this name exchanged for others. */
function exchange(name, ...others) {
  const place = here.people.indexOf(name);
  return place < 0 ? here.people : here.people.toSpliced(place, 1, ...others);
}

socket.on('typing', typed);

socket.on('room_change', (names) => {
  rooms = names;
  showRooms(rooms, mine.room, enter);
});

socket.on('servers', ({ state, message }) => {
  element('servers').dataset.state = state;
  element('servers').textContent = message;
});

socket.on('refused', ({ code, message }) => {
  notice(message);
  if (code !== 'replaced') return;
  // Another tab is a copy of this one. Whether it was us who said the last messages, a new id cannot find out.
  becomeSomebodyElse();
  for (const unsent of mine.unsent) settle(unsent, 'failed', 'not acknowledged');
});

// ---- What the person does

function onSubmit(form, field, act) {
  element(form).addEventListener('submit', (event) => {
    event.preventDefault();
    notice('');
    act(element(field).value);
  });
}

onSubmit('room-form', 'room', (room) => enter(room.trim()));

onSubmit('nickname-form', 'nickname', async (nickname) => {
  // While disconnected it is only remembered: it is said at the next connect.
  if (socket.connected && !(await tryTo('nickname', nickname))) return;
  // The others hear of it, and we do not.
  show(exchange(mine.nickname || 'Anon', nickname.trim()));
  mine.nickname = nickname.trim();
  save();
});

onSubmit('message-form', 'message', (text) => {
  speak(text);
  element('message').value = '';
  sayTyping(false);
});

element('message').addEventListener('input', ({ target }) => sayTyping(target.value !== ''));
element('leave').addEventListener('click', leave);

// ---- From before a reload of the page

element('nickname').value = mine.nickname;
mine.unsent.forEach(showUnsent);
showRoom();
showTravel(socket, transports);

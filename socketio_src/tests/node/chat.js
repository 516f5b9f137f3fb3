// The chat of this chapter on the original Socket.IO server: what it does, and what it costs, is what ours is compared
// with. Started by tests and benchmarks: node chat.js <port, 0 = any free one> [messages per second, 20 if not given]
// It prints its port as the first line.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, rate] = [Number(process.argv[2]), Number(process.argv[3] ?? 20)];
const BURST = Math.max(1, 2 * rate); // events at once, after a silence
const MAX_TEXT = 16_384; // bytes
const HISTORY = 100; // messages of a room that are remembered for those who were away
const MAX_PEOPLE = 100; // nicknames in an acknowledgement
const QUIET_ROOMS = 1000; // rooms without people that keep their history
const CLIENTS = 10_000; // clients whose numbers are remembered

const http = createServer();
const io = new Server(http, { pingInterval: 10_000, pingTimeout: 5_000, maxHttpBufferSize: 100_000 });
const { adapter } = io.of("/");

const rooms = new Map(); // name -> { people: Set of sockets, history: [[line, meta]…], forgotten: up to where }
const connections = new Map(); // id of a client -> its socket, while that is in a room
const counted = new Map(); // id of a client -> { number, offset } of its last message

// Offsets of an earlier life of this server must not look like those of this one.
const life = randomBytes(6).toString("hex");
let messages = 0;

// Two rooms of Socket.IO for each room of the chat, since those who have shown an id get a second argument.
const [PLAIN, RESUMABLE] = ["plain:", "resumable:"];
const audienceOf = (socket, room) => (socket.data.client ? RESUMABLE : PLAIN) + room;
const others = (socket, room) => socket.to([PLAIN + room, RESUMABLE + room]);

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function checkName(name, code, what) {
  if (typeof name !== "string") throw new Refusal("bad_arguments", `the ${what} is missing or not a string`);
  const trimmed = name.trim();
  const length = trimmed.length <= 64 ? trimmed.length : [...trimmed].length;
  if (length < 1 || length > 64) throw new Refusal(code, `the ${what} has ${length} characters: 1 to 64 are allowed`);
  if (/\p{Cc}/u.test(trimmed)) throw new Refusal(code, `the ${what} has a control character in it`);
  return trimmed;
}

// The room that is named must be the one that the sender is in.
function checkRoom(socket, name) {
  const room = checkName(name, "bad_room_name", "room name");
  if (socket.data.room !== room) throw new Refusal("not_in_room", `you are not in room "${room}": enter it first`);
  return room;
}

const publicRooms = () => [...rooms.keys()].filter((name) => rooms.get(name).people.size > 0).sort();

// Everybody is told, but not more often than people can read.
let roomsWillBeTold = false;
function roomsChanged() {
  if (roomsWillBeTold) return;
  roomsWillBeTold = true;
  setTimeout(() => {
    roomsWillBeTold = false;
    io.emit("room_change", publicRooms());
  }, 50);
}

function leave(socket) {
  const { room: name, client, nickname } = socket.data;
  if (name === undefined) return;
  const { people, history } = rooms.get(name);
  people.delete(socket);
  socket.data.room = undefined;
  socket.leave(audienceOf(socket, name));
  if (connections.get(client) === socket) connections.delete(client);
  others(socket, name).emit("bye", nickname, people.size);
  if (people.size > 0) return;
  roomsChanged();
  if (history.length === 0) rooms.delete(name);
  const quiet = [...rooms.keys()].filter((room) => rooms.get(room).people.size === 0);
  for (const room of quiet.slice(0, -QUIET_ROOMS)) rooms.delete(room);
}

// A client that has shown an id which another connection shows does not know yet that its own connection is dead.
function replace(old) {
  leave(old);
  old.emit("refused", { event: "connect", code: "replaced", message: "another connection has taken your place" });
  old.disconnect();
}

const numberOf = (offset) => Number(offset.split("-")[1]);

// What was said later than `after`. Of an earlier life nothing is known.
function missed({ history, forgotten }, after) {
  if (after === undefined || after === null) return { missed: [], complete: true };
  const known = after.startsWith(`${life}-`);
  const later = history.filter(([, meta]) => !known || numberOf(meta.offset) > numberOf(after));
  return { missed: later, complete: known && numberOf(after) >= forgotten };
}

const handlers = {
  enter_room(socket, request) {
    const { payload, after } = request ?? {};
    const name = checkName(payload, "bad_room_name", "room name");
    if (after !== undefined && after !== null && typeof after !== "string") {
      throw new Refusal("bad_arguments", "`after` is not an offset");
    }
    const { room: before, client, nickname } = socket.data;
    if (before !== name) {
      leave(socket);
      if (connections.has(client)) replace(connections.get(client));
      if (client) connections.set(client, socket);
      if (!rooms.has(name)) rooms.set(name, { people: new Set(), history: [], forgotten: 0 });
      const { people } = rooms.get(name);
      people.add(socket);
      socket.data.room = name;
      socket.join(audienceOf(socket, name));
      others(socket, name).emit("welcome", nickname, people.size);
      if (people.size === 1) roomsChanged();
    }
    const room = rooms.get(name);
    const people = [...room.people].slice(0, MAX_PEOPLE).map((person) => person.data.nickname);
    const offset = room.history.at(-1)?.[1].offset ?? `${life}-${messages}`;
    return { room: name, count: room.people.size, people, offset, ...missed(room, after) };
  },

  nickname(socket, name) {
    const [before, after] = [socket.data.nickname, checkName(name, "bad_nickname", "nickname")];
    socket.data.nickname = after;
    const { room } = socket.data;
    if (room !== undefined && before !== after) others(socket, room).emit("renamed", before, after);
  },

  new_message(socket, text, room, number) {
    if (typeof text !== "string") throw new Refusal("bad_arguments", "the text is missing or not a string");
    const name = checkRoom(socket, room);
    if (text.trim() === "") throw new Refusal("bad_message", "the message is empty");
    if (Buffer.byteLength(text) > MAX_TEXT) throw new Refusal("too_large", `more than ${MAX_TEXT} bytes of text`);
    const { nickname, client } = socket.data;
    const meta = { offset: `${life}-${messages + 1}`, nickname };
    if (client && number !== undefined && number !== null) {
      if (!Number.isSafeInteger(number) || number < 0) throw new Refusal("bad_arguments", "no such number");
      const last = counted.get(client);
      if (last && number <= last.number) return { offset: last.offset, duplicate: true };
      counted.set(client, { number, offset: meta.offset });
      if (counted.size > CLIENTS) counted.delete(counted.keys().next().value);
    }
    messages += 1;
    const line = `${nickname}: ${text}`;
    const said = rooms.get(name);
    said.history.push([line, meta]);
    if (said.history.length > HISTORY) said.forgotten = numberOf(said.history.shift()[1].offset);
    // Socket.IO encodes a message even if nobody is there to get it.
    const [plain, resumable] = [PLAIN + name, RESUMABLE + name];
    if (adapter.rooms.has(plain)) socket.to(plain).emit("new_message", line);
    if (adapter.rooms.has(resumable)) socket.to(resumable).emit("new_message", line, meta);
    return { offset: meta.offset };
  },

  typing(socket, typing, room) {
    if (typeof typing !== "boolean") throw new Refusal("bad_arguments", "whether somebody types is true or false");
    others(socket, checkRoom(socket, room)).volatile.emit("typing", socket.data.nickname, typing);
  },

  leave_room(socket, room) {
    checkRoom(socket, room);
    leave(socket);
  },
};

// A bucket of tokens; each event takes one.
function tooFast({ data }) {
  const now = performance.now();
  data.tokens = Math.min(BURST, data.tokens + ((now - data.counted) * rate) / 1000);
  data.counted = now;
  data.dropped = data.tokens < 1 ? data.dropped + 1 : 0;
  if (data.dropped === 0) data.tokens -= 1;
  return data.dropped > 0;
}

function handle(socket, event, handler, args) {
  const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
  try {
    if (tooFast(socket)) throw new Refusal("too_fast", "too fast: dropped; wait a moment and send it again");
    const result = handler(socket, ...args);
    ack?.({ status: "DONE", ...result });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    if (ack) ack({ status: "ERROR", error: { code, message } });
    else socket.emit("refused", { event, code, message });
    // A client that was told, and goes on regardless, does not want to be told.
    if (socket.data.dropped > BURST) socket.disconnect();
  }
}

io.on("connection", (socket) => {
  Object.assign(socket.data, { nickname: "Anon", tokens: BURST, counted: performance.now(), dropped: 0 });
  const { client } = socket.handshake.auth;
  const bytes = typeof client === "string" ? Buffer.byteLength(client) : 0;
  if (bytes >= 8 && bytes <= 128) socket.data.client = client;
  for (const [event, handler] of Object.entries(handlers)) {
    socket.on(event, (...args) => handle(socket, event, handler, args));
  }
  socket.onAny((event, ...args) => {
    if (Object.hasOwn(handlers, event)) return;
    const refuse = () => {
      throw new Refusal("unknown_event", `this server has no event "${event}"`);
    };
    handle(socket, event, refuse, args);
  });
  // `disconnecting`, since at `disconnect` the socket can no longer speak to its rooms.
  socket.on("disconnecting", () => leave(socket));
  socket.emit("servers", { state: "one", message: "one server" });
  socket.emit("room_change", publicRooms());
});

http.listen(port, "127.0.0.1", () => console.log(http.address().port));

// The test that started this holds the other end of stdin: when that is closed, this server ends too.
process.stdin.on("end", () => process.exit()).resume();

// The chat of this chapter on the original Socket.IO server: what it does, and what it costs, is what ours is compared
// with. Started by tests and benchmarks: node chat.js <port, 0 = any free one> [messages per second, 20 if not given]
// It prints its port as the first line.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, rate] = [Number(process.argv[2]), Number(process.argv[3] ?? 20)];
const HISTORY = 100; // messages of a room that can be missed and made up for
const HOLD = 2 * 60_000; // how long a room without people, and a client without a connection, is remembered
const MAX_TEXT = 16_384; // bytes

const http = createServer();
const io = new Server(http, { pingInterval: 10_000, pingTimeout: 5_000, maxHttpBufferSize: 100_000 });
const { sockets, adapter } = io.of("/");

const rooms = new Map(); // name -> { people: Set of sockets, history: [[text, meta]…], forgotten, emptySince }
const clients = new Map(); // what a resumable client calls itself -> { socket, counter, offset, goneSince }

// Offsets of an earlier life of this server must not look like those of this one.
const life = randomBytes(6).toString("base64url");
let messages = 0;

// Two rooms of Socket.IO for each room of the chat, since those who can resume get a second argument.
const [PLAIN, RESUMABLE] = ["plain:", "resumable:"];
const keyOf = (socket, room) => (socket.data.client ? RESUMABLE : PLAIN) + room;
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

const publicRooms = () => [...rooms].filter(([, room]) => room.people.size > 0).map(([name]) => name).sort();

function leave(socket) {
  const name = socket.data.room;
  if (name === undefined) return;
  const room = rooms.get(name);
  room.people.delete(socket);
  socket.data.room = undefined;
  socket.leave(keyOf(socket, name));
  others(socket, name).emit("bye", socket.data.nickname, room.people.size);
  if (room.people.size === 0) {
    room.emptySince = Date.now();
    io.emit("room_change", publicRooms());
  }
}

function missed(history, forgotten, after) {
  if (after === undefined) return { missed: [], complete: true };
  if (after === null) return { missed: history, complete: !forgotten };
  const seen = history.findIndex(([, meta]) => meta.offset === after);
  return { missed: history.slice(seen + 1), complete: seen >= 0 };
}

const handlers = {
  enter_room(socket, request) {
    const { payload, after } = request ?? {};
    const name = checkName(payload, "bad_room_name", "room name");
    if (after !== undefined && after !== null && typeof after !== "string") {
      throw new Refusal("bad_arguments", "`after` is not an offset");
    }
    if (!rooms.has(name)) rooms.set(name, { people: new Set(), history: [], forgotten: false, emptySince: 0 });
    const { people, history, forgotten } = rooms.get(name);
    if (socket.data.room !== name) {
      leave(socket);
      people.add(socket);
      socket.data.room = name;
      socket.join(keyOf(socket, name));
      others(socket, name).emit("welcome", socket.data.nickname, people.size);
      if (people.size === 1) io.emit("room_change", publicRooms());
    }
    const offset = history.at(-1)?.[1].offset ?? null;
    const nicknames = [...people].map((person) => person.data.nickname);
    return { room: name, count: people.size, people: nicknames, offset, ...missed(history, forgotten, after) };
  },

  nickname(socket, name) {
    const [before, after] = [socket.data.nickname, checkName(name, "bad_nickname", "nickname")];
    socket.data.nickname = after;
    const { room } = socket.data;
    if (room !== undefined && before !== after) others(socket, room).emit("renamed", before, after);
  },

  new_message(socket, text, room, counter) {
    if (typeof text !== "string") throw new Refusal("bad_arguments", "the text is missing or not a string");
    const name = checkRoom(socket, room);
    if (text.trim() === "") throw new Refusal("bad_message", "the message is empty");
    if (Buffer.byteLength(text) > MAX_TEXT) throw new Refusal("too_large", `more than ${MAX_TEXT} bytes of text`);
    const client = clients.get(socket.data.client);
    if (client && counter !== undefined) {
      if (!Number.isSafeInteger(counter) || counter < 1) throw new Refusal("bad_arguments", "no such counter");
      if (counter <= client.counter) return { offset: client.offset, duplicate: true };
      client.counter = counter;
    }
    messages += 1;
    const { nickname } = socket.data;
    const meta = { offset: `${life}-${messages}`, nickname };
    if (client) client.offset = meta.offset;
    const said = rooms.get(name);
    said.history.push([`${nickname}: ${text}`, meta]);
    if (said.history.length > HISTORY) {
      said.history.shift();
      said.forgotten = true;
    }
    // Socket.IO encodes a message even if nobody is there to get it.
    const [plain, resumable] = [PLAIN + name, RESUMABLE + name];
    if (adapter.rooms.has(plain)) socket.to(plain).emit("new_message", `${nickname}: ${text}`);
    if (adapter.rooms.has(resumable)) socket.to(resumable).emit("new_message", `${nickname}: ${text}`, meta);
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

// A bucket that holds a second's worth of tokens; each event takes one.
function tooFast({ data }) {
  const now = performance.now();
  data.tokens = Math.min(rate, data.tokens + ((now - data.counted) * rate) / 1000);
  data.counted = now;
  if (data.tokens < 1) return true;
  data.tokens -= 1;
  return false;
}

function handle(socket, event, handler, args) {
  const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
  try {
    if (tooFast(socket)) throw new Refusal("too_fast", `at most ${rate} messages a second: wait a moment`);
    const result = handler(socket, ...args);
    ack?.({ status: "DONE", ...result });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    if (ack) ack({ status: "ERROR", error: { code, message } });
    else socket.emit("refused", { event, code, message });
  }
}

function resume(socket, id) {
  if (typeof id !== "string" || Buffer.byteLength(id) < 8 || Buffer.byteLength(id) > 128) return;
  const client = clients.get(id) ?? { socket: undefined, counter: 0, offset: null, goneSince: 0 };
  clients.set(id, client);
  const { socket: old } = client;
  client.socket = socket;
  socket.data.client = id;
  old?.emit("refused", { event: "connect", code: "replaced", message: "another connection showed the same client id" });
  old?.disconnect();
}

io.on("connection", (socket) => {
  Object.assign(socket.data, { nickname: "Anon", tokens: rate, counted: performance.now() });
  resume(socket, socket.handshake.auth.client);
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
  socket.on("disconnecting", () => {
    leave(socket);
    const client = clients.get(socket.data.client);
    if (client?.socket === socket) Object.assign(client, { socket: undefined, goneSince: Date.now() });
  });
  socket.emit("room_change", publicRooms());
  socket.emit("servers", { state: "one", message: "one server, without Redis" });
});

setInterval(() => {
  const before = Date.now() - HOLD;
  for (const [name, room] of rooms) if (room.people.size === 0 && room.emptySince < before) rooms.delete(name);
  for (const [id, client] of clients) if (!client.socket && client.goneSince < before) clients.delete(id);
}, HOLD / 4);

http.listen(port, "127.0.0.1", () => console.log(http.address().port));

// Whoever started this holds the other end of stdin: when that is closed, this server ends too.
process.stdin.on("end", () => process.exit()).resume();

// The original Socket.IO server, with the behaviour that the scenarios expect.
// Started by the tests: node server.js <port, 0 = any free one>. It prints its port as the first line.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { pingInterval: 200, pingTimeout: 1500 });
let counted = 0;

io.on("connection", (socket) => {
  socket.emit("auth", socket.handshake.auth);
  socket.on("echo", (value) => socket.emit("echo", value));
  socket.on("ask", (value, answer) => answer(value));
  socket.on("ask_later", (millis, answer) => setTimeout(() => answer("at last"), millis));
  socket.on("never_answered", () => {});
  socket.on("burst", (count) => {
    for (let n = 0; n < count; n += 1) socket.emit("n", n);
  });
  socket.on("ask_me", (question) => {
    socket.emit("question", question, (answer) => socket.emit("answered", answer));
  });
  // onAny, because it runs when the packet arrives. A handler of `on` runs one tick later, and not at all if the client
  // has left in the same tick: https://github.com/socketio/socket.io/issues/5213
  socket.onAny((name) => {
    if (name === "count") counted += 1;
  });
  socket.on("disconnect", () => io.emit("left", counted));
  socket.on("text_of_length", (length) => socket.emit("text", "x".repeat(length)));
  socket.on("send_binary", () => socket.emit("binary", Buffer.from([1, 2, 3])));
  socket.on("throw_me_out", () => socket.disconnect());
  socket.on("shut_down", () => io.close());
});

io.of("/guarded").use((socket, next) => {
  const allowed = socket.handshake.auth.token === "secret";
  next(allowed ? undefined : new Error("wrong token"));
});

http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(http.address().port));

// The test holds the other end of stdin: if it dies in whatever way, this server does not outlive it.
process.stdin.on("end", () => process.exit()).resume();

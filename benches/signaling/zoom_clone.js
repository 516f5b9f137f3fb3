// The signaling server of a video call as one writes it first on the original Socket.IO server: who says something in a room is
// heard by the others in it. It checks nothing, and limits nothing.
// Started by the benchmark: node zoom_clone.js <port, 0 = any free one>, with NODE_PATH where npm has put socket.io.
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
// As often as the server of the course asks whether somebody is still there: the default is every 25 seconds.
const io = new Server(http, { pingInterval: 10_000, pingTimeout: 5_000 });

io.on("connection", (socket) => {
  socket.on("join_room", (room, done) => {
    socket.join(room);
    done?.({ ok: true });
    socket.to(room).emit("welcome");
  });
  socket.on("leave_room", (room, done) => {
    socket.leave(room);
    done?.({ ok: true });
    socket.to(room).emit("bye");
  });
  // Their arguments are what is passed on, the room, perhaps more that is passed on, and the acknowledgement if one is wanted.
  for (const event of ["offer", "answer", "ice"]) {
    socket.on(event, (first, room, ...more) => {
      const done = typeof more.at(-1) === "function" ? more.pop() : undefined;
      socket.to(room).emit(event, first, ...more);
      done?.({ ok: true });
    });
  }
  socket.on("disconnecting", () => {
    for (const room of socket.rooms) socket.to(room).emit("bye");
  });
});

http.listen(Number(process.argv[2]), "127.0.0.1", () => {
  console.log(`zoom_clone.js listens on http://127.0.0.1:${http.address().port}`);
});

// The benchmark holds the other end of stdin: when that is closed, this server ends too.
process.stdin.on("end", () => process.exit()).resume();

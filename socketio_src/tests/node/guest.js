// A guest in the chat, with the official client. Each line on stdin is what to do, as JSON; what happens is printed.
//   node guest.js <url> <transports, as polling,websocket> <id of the client>
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, transports, client] = process.argv.slice(2);
const socket = io(url, { transports: transports.split(","), auth: { client }, reconnectionDelay: 50, reconnectionDelayMax: 200 });

// The engine is a new one for each connection. It can be upgraded before the chat lets us in.
socket.io.on("open", () => socket.io.engine.on("upgrade", ({ name }) => console.log("upgraded", name)));
socket.on("connect", () => console.log("connected", socket.io.engine.transport.name));
socket.on("disconnect", (reason) => console.log("disconnected", reason));
socket.onAny((...event) => console.log("event", JSON.stringify(event)));

const does = {
  emit: (...event) => socket.emit(...event),
  ask: async (...event) => console.log("answer", JSON.stringify(await socket.timeout(10_000).emitWithAck(...event))),
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [what, ...args] = JSON.parse(line);
  does[what](...args);
});
lines.on("close", () => socket.close());

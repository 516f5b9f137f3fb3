// The official client, at any server: it prints over what it is connected, and every event that comes. A line that is typed
// is said as a `new_message`. Started by people and by tests: node client.js <url>
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const socket = io(process.argv[2]);

// The client is let in and tries the WebSocket at the same time. Told in this order, it is easier to read.
const letIn = new Promise((resolve) => socket.once("connect", resolve));
const { engine } = socket.io;
engine.on("open", () => console.log(`begins with ${engine.transport.name}`));
engine.on("upgrade", ({ name }) => letIn.then(() => console.log(`goes on with ${name}`)));
engine.on("upgradeError", () => letIn.then(() => console.log("no WebSocket gets through")));
socket.on("connect_error", ({ message }) => console.log(`cannot connect: ${message}`));

socket.onAny((event, ...args) => {
  // A question has a function as its last argument: the answer.
  const answer = typeof args.at(-1) === "function" ? args.pop() : undefined;
  console.log(event, JSON.stringify(args));
  answer?.("yes");
});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => socket.emit("new_message", line));
lines.on("close", () => socket.close());

// What goes on in the servers, once a second, over the namespace /admin.
import { io } from "/socket.io/socket.io.esm.min.js";

const $ = (id) => document.getElementById(id);

let socket;

$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  socket?.disconnect();
  socket = io("/admin", { auth: { token: $("token").value }, forceNew: true });
  // A wrong token is a CONNECT_ERROR. The client does not ask again by itself: the answer would be the same.
  socket.on("connect_error", (error) => show("disconnected", error.message));
  socket.on("connect", () => show("connected", "live"));
  socket.on("disconnect", (reason) => show("disconnected", `not connected (${reason})`));
  socket.on("overview", draw);
});

function show(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text;
  $("overview").hidden = state !== "connected";
}

function draw({ me, servers, rooms }) {
  const name = (server) => (server === me ? `${server.slice(0, 6)} (this one)` : server.slice(0, 6));
  rows("all-servers", servers.map((server) => [name(server.server), server.connected, server.events_per_second]));
  rows("all-rooms", rooms);
  const sockets = servers.flatMap(({ server, sockets }) => sockets.map((socket) => ({ server, ...socket })));
  rows("all-sockets", sockets.map(({ id, server, transport, room, nickname }) =>
    [id, name(server), transport, room ?? "", nickname ?? "", disconnectButton(server, id)]));
  const unlisted = servers.reduce((sum, server) => sum + server.connected, 0) - sockets.length;
  $("more").textContent = unlisted > 0 ? `and ${unlisted} more` : "";
}

// Rows that are the same stay as they are: a button that was replaced under the mouse cannot be clicked.
function rows(id, lines) {
  const body = $(id);
  lines.forEach((cells, index) => {
    const row = body.rows[index] ?? body.insertRow();
    cells.forEach((cell, column) => {
      const td = row.cells[column] ?? row.insertCell();
      if (!(cell instanceof Node)) {
        if (td.textContent !== String(cell)) td.textContent = cell;
      } else if (td.firstChild?.dataset.socket !== cell.dataset.socket) {
        td.replaceChildren(cell);
      }
    });
  });
  while (body.rows.length > lines.length) body.deleteRow(-1);
}

function disconnectButton(server, id) {
  const button = document.createElement("button");
  button.textContent = "Disconnect";
  button.dataset.socket = id;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const reply = await socket.timeout(5000).emitWithAck("disconnect_socket", server, id).catch((error) => ({ error }));
    $("notice").textContent = reply.error ? `${id}: ${reply.error.message}` : `${id}: told to go`;
  });
  return button;
}

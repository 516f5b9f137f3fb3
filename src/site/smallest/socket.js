// Socket.IO over a WebSocket, by hand: the packets that chapter 2 shows (socketio_src/README.md, "By hand"), and no others.
//
// The official client, socket.io-client, has the same two methods, `on` and `emit`, and makes its socket with `io()`. It also
// knows acknowledgements, binary packets and HTTP, and notices a server that falls silent.

/** Connects to the server that this page comes from, and again whenever that connection is lost. */
export function connect() {
  const handlers = new Map();
  const happen = (name, ...args) => handlers.get(name)?.(...args);
  let webSocket;
  let connected = false;

  function open() {
    webSocket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
    webSocket.onmessage = ({ data }) => receive(data);
    webSocket.onclose = () => {
      connected = false;
      happen("disconnect");
      setTimeout(open, 1000);
    };
  }

  function receive(packet) {
    if (packet === "2") {
      webSocket.send("3"); // a ping wants a pong
    } else if (packet.startsWith("0")) {
      webSocket.send("40"); // Engine.IO is open: CONNECT
    } else if (packet.startsWith("40")) {
      connected = true;
      happen("connect");
    } else if (packet.startsWith("42")) {
      happen(...JSON.parse(packet.slice(2))); // EVENT: its name, then its arguments
    }
  }

  open();
  return {
    on: (name, handler) => { handlers.set(name, handler); },
    // What cannot be sent is dropped: after a new connection everything begins again.
    emit: (name, ...args) => { if (connected) webSocket.send("42" + JSON.stringify([name, ...args])); },
  };
}

// What one client says, all hear: the server that one writes first with npm's ws.
const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });

server.on('connection', (client) => {
  client.on('error', console.error);
  client.on('message', (data, isBinary) => {
    for (const other of server.clients) {
      if (other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary });
    }
  });
});

server.on('listening', () => console.log(`broadcast.js listens on ws://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit()).resume();

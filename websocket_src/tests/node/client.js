// A client on npm's ws: sends what comes in on stdin, a line at a time, and prints what it hears.
const { WebSocket } = require('ws');

const socket = new WebSocket(process.argv[2]);
socket.on('message', (data) => console.log(data.toString()));
socket.on('close', (code) => {
  console.log(`close ${code}`);
  process.exit();
});
socket.on('open', () => {
  const lines = require('readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => socket.send(line));
  lines.on('close', () => socket.close(1000));
});

// What the benchmarks of calls and files are compared with: libwebrtc, the engine of Chromium, as the npm package
// @roamhq/wrtc. Both peers are in this process, and hand each other descriptions and candidates without a server.
//
// It reads orders from standard input, a line each, and answers each of them with a line of JSON.
//
//     call       a call with sound, picture and a data channel     {"connected": ms, "open": ms}
//     one 50     50 MB from one to the other                       {"seconds": s}
//     both 50    50 MB in each direction at once                   {"seconds": s}
'use strict';
const readline = require('node:readline');
const { performance } = require('node:perf_hooks');
const { RTCPeerConnection, MediaStream, nonstandard } = require('@roamhq/wrtc');

// As large as the messages of our files.
const MESSAGE = new Uint8Array(16 * 1024).map((_, n) => n);
// What may wait in a channel: above the first nothing is sent until there is less than the second. The package has no event
// `bufferedamountlow`, so it is looked at each millisecond.
const MOST_WAITING = 1024 * 1024;
const FEW_WAITING = 256 * 1024;
const MILLISECOND = () => new Promise((resolve) => setTimeout(resolve, 1));

const until = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

const connected = (peer) => new Promise((resolve) => {
  peer.addEventListener('connectionstatechange', () => {
    if (peer.connectionState === 'connected') resolve(performance.now());
  });
});

const open = async (channel) => {
  if (channel.readyState !== 'open') await until(channel, 'open');
  return performance.now();
};

// Two peers that are connected, their channels, and how long it took.
async function call() {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const tracks = [];
  let ended = false;
  for (const peer of [a, b]) {
    const other = peer === a ? b : a;
    peer.addEventListener('icecandidate', async ({ candidate }) => {
      // What comes while the call ends is of no use any more.
      if (candidate) await other.addIceCandidate(candidate).catch((error) => { if (!ended) throw error; });
    });
    const sources = [new nonstandard.RTCAudioSource(), new nonstandard.RTCVideoSource()];
    for (const source of sources) {
      const track = source.createTrack();
      tracks.push(track);
      peer.addTrack(track, new MediaStream());
    }
  }
  const start = performance.now();
  const arrival = until(b, 'datachannel');
  const channel = a.createDataChannel('file');
  const states = [connected(a), connected(b)];
  await a.setLocalDescription(await a.createOffer());
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(await b.createAnswer());
  await a.setRemoteDescription(b.localDescription);
  const channels = [channel, (await arrival).channel];
  const opened = Math.max(...await Promise.all(channels.map(open))) - start;
  const both = Math.max(...await Promise.all(states)) - start;
  const end = () => {
    ended = true;
    tracks.forEach((track) => track.stop());
    [a, b].forEach((peer) => peer.close());
  };
  return { connected: both, open: opened, channels, end };
}

async function send(channel, bytes) {
  for (let sent = 0; sent < bytes; sent += MESSAGE.length) {
    if (channel.bufferedAmount > MOST_WAITING) {
      while (channel.bufferedAmount > FEW_WAITING) await MILLISECOND();
    }
    channel.send(MESSAGE.length <= bytes - sent ? MESSAGE : MESSAGE.subarray(0, bytes - sent));
  }
}

// Until all of it has come.
function receive(channel, bytes) {
  channel.binaryType = 'arraybuffer';
  return new Promise((resolve) => {
    let received = 0;
    channel.onmessage = ({ data }) => {
      received += data.byteLength;
      if (received === bytes) resolve();
    };
  });
}

let held;

async function files(bytes, directions) {
  held ??= await call();
  const [a, b] = held.channels;
  const start = performance.now();
  const work = [receive(b, bytes), send(a, bytes)];
  if (directions === 2) work.push(receive(a, bytes), send(b, bytes));
  await Promise.all(work);
  return { seconds: (performance.now() - start) / 1000 };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [order, megabytes] = line.split(' ');
    let answer;
    if (order === 'call') {
      const { end, ...times } = await call();
      end();
      answer = { connected: times.connected, open: times.open };
    } else {
      answer = await files(Number(megabytes) * 1e6, order === 'both' ? 2 : 1);
    }
    console.log(JSON.stringify(answer));
  }
  process.exit(0);
}

main();

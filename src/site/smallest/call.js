// The smallest complete video call of two, in plain JavaScript. Its twin in Rust is examples/smallest_page.rs.
// The steps have the numbers of the course. A is in the room first and makes the offer; B joins and answers it.

import { connect } from "./socket.js";

const room = new URLSearchParams(location.search).get("room") ?? "demo";
/** Own picture and sound: one stream, for one partner after the other. */
let stream;
/** The connection to the server. */
let socket;
/** The connection to the present partner. */
let peer;

async function start() {
  if (!navigator.mediaDevices) {
    return fail("no camera", "a browser shows it only to pages that come over https, or from localhost");
  }

  // Step 0 (A, B): getUserMedia
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    show("status", "Step 0: the local stream is there.");
  } catch (error) {
    return fail(error, "allow camera and microphone, or free them; then load this page again");
  }
  element("local").srcObject = stream;

  socket = connect();
  // The next event waits until this one is handled. So no candidate is added before its description is set. The socket
  // does not wait: while one handler waits for its promise, it calls the next. That is why each is chained to the last.
  let last = Promise.resolve();
  for (const [name, handle] of Object.entries(handlers)) {
    socket.on(name, (...args) => {
      last = last.then(() => handle(...args)).catch((error) => fail(error, "load this page again"));
    });
  }
}

function newPeer() {
  peer?.close();
  element("remote").srcObject = new MediaStream();

  // Step 1 (A, B): new RTCPeerConnection. It needs no ICE servers as long as both are in one network.
  peer = new RTCPeerConnection();
  peer.onicecandidate = sendCandidate;
  peer.ontrack = showTrack;
  peer.onconnectionstatechange = (event) => showState(event.target);
  show("status", "Step 1: the peer connection is there.");

  // Step 2 (A, B): addTrack
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
  show("status", "Step 2: the own tracks are added.");
}

const handlers = {
  disconnect() {
    fail("the server is lost", "this page looks for it; if it has ended, start it again");
  },
  connect() {
    newPeer();
    show("error", "");
    socket.emit("join_room", room);
    show("status", "In the room: wait for the other side, or open this page once more.");
  },
  async welcome() {
    newPeer();
    // Step 3 (A): createOffer
    const offer = await peer.createOffer();
    show("status", "Step 3: the offer is made.");
    // Step 4 (A): setLocalDescription
    await peer.setLocalDescription(offer);
    show("status", "Step 4: the offer is set.");
    // Step 5 (A): signaling
    socket.emit("offer", offer, room);
    show("status", "Step 5: the offer is sent.");
  },
  async offer(offer) {
    // Step 6 (B): setRemoteDescription
    await peer.setRemoteDescription(offer);
    show("status", "Step 6: the offer is set.");
    // Step 7 (B): createAnswer
    const answer = await peer.createAnswer();
    show("status", "Step 7: the answer is made.");
    // Step 8 (B): setLocalDescription
    await peer.setLocalDescription(answer);
    show("status", "Step 8: the answer is set.");
    // Step 9 (B): signaling
    socket.emit("answer", answer, room);
    show("status", "Step 9: the answer is sent.");
  },
  async answer(answer) {
    // Step 10 (A): setRemoteDescription
    await peer.setRemoteDescription(answer);
    show("status", "Step 10: the answer is set.");
  },
  async ice(candidate) {
    // Descriptions come before candidates. Without one, this candidate was meant for an earlier partner.
    if (peer.remoteDescription) await addCandidate(candidate);
  },
  bye() {
    newPeer();
    show("status", "The other side has left: wait for the next one.");
  },
  refused({ error }) {
    // An event was sent to somebody who had just left. `bye` says so.
    if (error.code !== "nobody_there") fail(error.message, "the address names the room, as in ?room=demo");
  },
};

function sendCandidate({ candidate, target }) {
  // Step 11 (A, B): icecandidate event. After the last candidate comes `null`, and it is sent as well.
  socket.emit("ice", candidate, room);
  show("status", "Step 11: an own candidate is sent.");
  showState(target);
}

async function addCandidate(candidate) {
  // Step 12 (A, B): addIceCandidate
  await peer.addIceCandidate(candidate);
  show("status", "Step 12: a candidate of the other side is added.");
  showState(peer);
}

function showTrack({ track }) {
  // Step 13 (A, B): track event. One comes for the sound, one for the picture.
  element("remote").srcObject.addTrack(track);
}

// Candidates still come and go when the two are connected. So this has the last word.
function showState({ connectionState }) {
  if (connectionState === "connected") show("status", "Step 13: connected, and their stream is there.");
  if (connectionState === "failed") fail("no path leads to the other side", "load both pages again");
}

function fail(error, advice) {
  show("error", `${error}: ${advice}.`);
}

function show(id, text) {
  element(id).textContent = text;
}

function element(id) {
  return document.getElementById(id);
}

start();

// The connection, by the official Socket.IO client: https://socket.io/docs/v4/client-api/
//
// It tries its transports, finds a lost connection by the missing pings, and reconnects. What it does not know is what
// was meant by all that: `chat.js` tells the server again who we are, where we were, and what was not acknowledged.

import { io, WebSocket, XHR } from '/socket.io/socket.io.esm.min.js';

import { notice, showState } from './log.js';
import { mine } from './resume.js';
import { watched } from './travels.js';

const ACK_TIME = 10_000; // milliseconds

// The client's own two transports, each with a window in it.
const polling = watched(XHR);
const websocket = watched(WebSocket);
export const transports = { both: [polling, websocket], polling: [polling], websocket: [websocket] };

export const socket = io({
  transports: transports.both,
  // A function, since it is asked again at each connect.
  auth: (tell) => tell({ client: mine.client }),
  reconnectionDelay: 500,
});

/**
 * Sends an event and waits for the server's reply. An error with a `code` is the server's no; one without it says that
 * there was no reply.
 */
export async function ask(event, ...args) {
  // While disconnected, the client would keep the event and send it at the next connect, before we are in a room.
  if (!socket.connected) throw new Error('not connected');
  const { status, error, ...reply } = await socket.timeout(ACK_TIME).emitWithAck(event, ...args);
  if (status !== 'DONE') throw Object.assign(new Error(error.message), { code: error.code });
  return reply;
}

/** Likewise. A failure is shown, and nothing is returned. */
export async function tryTo(event, ...args) {
  try {
    return await ask(event, ...args);
  } catch (error) {
    if (socket.connected) notice(error.message);
    return undefined;
  }
}

socket.on('connect', () => showState('connected'));

socket.on('disconnect', (reason) => {
  // An event that was sent in the very moment in which the client found the connection dead is kept for the next
  // connect as well: after a computer has slept, for instance.
  socket.sendBuffer = [];
  // The client comes back by itself, unless one of the two sides has said goodbye.
  if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500 * (1 + Math.random()));
  showState('disconnected', reason === 'io client disconnect' ? 'away' : `disconnected (${reason})`);
});

socket.on('connect_error', ({ message }) => {
  showState('disconnected', `cannot connect (${message})${socket.active ? ', trying again' : ''}`);
});

socket.io.on('reconnect_attempt', (attempt) => showState('disconnected', `disconnected, attempt ${attempt} to reconnect`));

// Waits for the Socket.IO client, as long as npm fetches it for the server (the answer is 503). The other modules of this page
// import it, and a browser asks only once for a module that did not come: so the page is loaded again when it is there.

const CLIENT = '/socket.io/socket.io.esm.min.js';
const state = document.getElementById('state');

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether npm is at work. A redirect to the CDN counts as an answer and is not followed. */
async function isFetched() {
  const { status } = await fetch(CLIENT, { method: 'HEAD', redirect: 'manual' });
  return status !== 503;
}

if (!(await isFetched())) {
  state.textContent = 'npm fetches the Socket.IO client for the server. This page goes on by itself, within half a minute.';
  do await pause(500);
  while (!(await isFetched()));
  location.reload();
}

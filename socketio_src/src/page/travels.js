// What travels between this page and the server: the transport in use, and each packet as it passes.

import { append, element, make } from './log.js';
import { read } from './packets.js';

const PACKETS = 200; // that are kept
const LONG = 1_000; // characters of a packet that are shown
const AWAY = 10; // seconds

const records = [];
let paused = false;
let held = 0; // packets that came during the pause

/** One of the client's transports, with a window in it: `write` and `onPacket` see everything, the probes too. */
export function watched(Transport) {
  return class extends Transport {
    write(packets) {
      for (const packet of packets) record('up', this.name, packet);
      super.write(packets);
    }

    onPacket(packet) {
      record('down', this.name, packet);
      super.onPacket(packet);
    }
  };
}

function record(way, transport, packet) {
  keep({ way, transport, time: new Date(), ...read(packet, way) });
}

/** A line between packets: what became of the connection. */
function mark(text) {
  keep({ mark: text, time: new Date() });
}

function keep(entry) {
  records.push(entry);
  if (records.length > PACKETS) records.shift();
  if (paused) showHeld(held + 1);
  else append(element('packets'), line(entry), PACKETS);
}

function line({ mark, way, transport, time, text, size, name, parts }) {
  const item = make('li', '', mark ? 'mark' : way);
  const clock = time.toISOString().slice(11, 23);
  if (mark) {
    item.append(make('span', clock, 'time'), make('span', mark));
    return item;
  }
  const summary = make('summary');
  summary.append(
    make('span', way === 'up' ? '↑' : '↓', 'way'),
    make('span', name, 'name'),
    make('span', `${transport}, ${size} B`, 'size'),
    make('span', clock, 'time'),
    make('code', cut(text)),
  );
  const details = make('details');
  details.append(summary);
  // Two hundred packets are seldom all unfolded: the notes are made when they are wanted.
  details.addEventListener('toggle', () => details.append(notes(parts)), { once: true });
  item.append(details);
  return item;
}

function notes(parts) {
  const list = make('dl');
  for (const { text, name, note } of parts) {
    const term = make('dt');
    term.append(make('code', cut(text)));
    const meaning = make('dd');
    meaning.append(make('b', name), ` ${note}`);
    list.append(term, meaning);
  }
  return list;
}

const cut = (text) => (text.length > LONG ? `${text.slice(0, LONG)} … (${text.length} characters)` : text);

function showHeld(count) {
  held = count;
  element('held').textContent = count ? `${count} more since` : '';
}

/** Wires up this half of the page. `choices` names the transports that one can connect with. */
export function showTravel(socket, choices) {
  const manager = socket.io;
  const steps = element('transports');

  manager.on('open', () => {
    // Each connection has an engine of its own.
    const { engine } = manager;
    const opened = performance.now();
    steps.textContent = engine.transport.name;
    engine.on('upgrade', ({ name }) => {
      const took = Math.round(performance.now() - opened);
      steps.textContent += ` → ${name} (upgraded after ${took} ms)`;
      mark(`upgraded to ${name}`);
    });
    engine.on('upgradeError', ({ message }) => mark(`not upgraded: ${message}`));
  });
  manager.on('close', (reason) => {
    steps.textContent = 'none';
    mark(`connection closed: ${reason}`);
  });
  manager.on('reconnect_attempt', (attempt) => mark(`attempt ${attempt} to reconnect`));
  manager.on('reconnect_error', ({ message }) => mark(`it failed: ${message}`));

  element('transport-choice').addEventListener('change', ({ target }) => {
    manager.opts.transports = choices[target.value];
    socket.disconnect().connect();
  });
  // The engine does not say goodbye to Socket.IO: that finds its connection gone, and comes back by itself.
  element('cut').addEventListener('click', () => manager.engine.close());
  element('away').addEventListener('click', () => stayAway(socket));

  element('pause').addEventListener('click', () => {
    paused = !paused;
    element('pause').setAttribute('aria-pressed', paused);
    element('pause').textContent = paused ? 'Go on' : 'Pause';
    if (paused) return;
    const list = element('packets');
    list.replaceChildren(...records.map(line));
    list.scrollTop = list.scrollHeight;
    showHeld(0);
  });
}

/** Long enough for the others to say something. */
function stayAway(socket) {
  const button = element('away');
  const words = button.textContent;
  button.disabled = true;
  let left = AWAY;
  socket.disconnect();
  const tick = setInterval(() => {
    left -= 1;
    button.textContent = `Back in ${left} s`;
    if (left > 0) return;
    clearInterval(tick);
    button.textContent = words;
    button.disabled = false;
    socket.connect();
  }, 1000);
  button.textContent = `Back in ${left} s`;
}

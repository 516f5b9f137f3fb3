// What one packet says, part by part. There is no browser in here, so that Node can test it alone.
//
// Two protocols are nested: Engine.IO carries messages over whatever transport there is, Socket.IO makes events of them.
// https://socket.io/docs/v4/engine-io-protocol/
// https://socket.io/docs/v4/socket-io-protocol/

// The first character: what kind of Engine.IO packet this is. The names are those that engine.io-client uses.
const ENGINE = [
  ['open', 'Engine.IO packet “open”: the handshake, the first thing the server says.'],
  ['close', 'Engine.IO packet “close”: this side ends the connection.'],
  ['ping', 'Engine.IO packet “ping”: is anybody there? The server asks this at every interval.'],
  ['pong', 'Engine.IO packet “pong”: the answer to a ping. Without it, the server gives the connection up.'],
  ['message', 'Engine.IO packet “message”: all the rest belongs to Socket.IO.'],
  ['upgrade', 'Engine.IO packet “upgrade”: from now on, everything goes over this new transport.'],
  ['noop', 'Engine.IO packet “noop”: nothing. It ends a waiting poll, so that the old transport falls silent.'],
];

// The second character of a message: what kind of Socket.IO packet this is.
const SOCKET = [
  ['CONNECT', 'Socket.IO packet CONNECT: enter a namespace, or the server’s yes to that.'],
  ['DISCONNECT', 'Socket.IO packet DISCONNECT: leave the namespace.'],
  ['EVENT', 'Socket.IO packet EVENT: what emit() sends, and on() hears.'],
  ['ACK', 'Socket.IO packet ACK: the reply to an event that came with an id.'],
  ['CONNECT_ERROR', 'Socket.IO packet CONNECT_ERROR: the server’s no to a CONNECT.'],
  ['BINARY_EVENT', 'Socket.IO packet BINARY_EVENT: an event whose binary arguments follow in packets of their own.'],
  ['BINARY_ACK', 'Socket.IO packet BINARY_ACK: a reply whose binary arguments follow in packets of their own.'],
];

const HANDSHAKE = {
  sid: 'the id of this Engine.IO session: every request and every other transport shows it',
  upgrades: 'what the transport in use could be exchanged for',
  pingInterval: 'milliseconds between two pings of the server',
  pingTimeout: 'milliseconds that the answer to a ping may take',
  maxPayload: 'how many bytes a client may put into one polling request',
};

// The arguments of this chat’s events: `up` to the server, `down` to the page.
const ARGUMENTS = {
  up: {
    enter_room: ['the room; “after” is the offset of the last message seen, so that the server knows what was missed'],
    leave_room: ['the room'],
    nickname: ['what to be called from now on'],
    new_message: ['the text', 'the room', 'the counter: a message that comes twice has the same one'],
    typing: ['whether somebody types here', 'the room'],
  },
  down: {
    welcome: ['who came in', 'how many people are in the room now'],
    bye: ['who left', 'how many people are in the room now'],
    renamed: ['the name before', 'the name now'],
    new_message: ['who says what', 'the offset: the place of this message in the history of the room'],
    typing: ['who', 'whether that person types'],
    room_change: ['the rooms with people in them'],
    servers: ['whether several servers share the rooms'],
    refused: ['which event was refused, and why'],
  },
};

const utf8 = new TextEncoder();

/**
 * Takes a packet apart, as engine.io-client has it: `{type: 'message', data: '2["typing",true,"demo"]'}`, which travelled
 * `up` to the server or `down` to the page. Returns the text that travels, its size in bytes, a short name, and the
 * parts, each with a note. Whatever a server may send, this does not throw.
 */
export function read({ type, data }, way) {
  if (data !== undefined && typeof data !== 'string') {
    const size = data.byteLength ?? data.size ?? 0;
    const text = `(${size} bytes)`;
    const note = 'Binary data, without any type in front: an attachment of the BINARY packet before it.';
    return { text, size, name: 'attachment', parts: [{ text, name: 'attachment', note }] };
  }
  const number = ENGINE.findIndex(([name]) => name === type);
  const head = number < 0 ? type : String(number);
  const parts = [{ text: head, name: type, note: ENGINE[number]?.[1] ?? 'No packet of Engine.IO.' }];
  let name = type;
  if (type === 'message') name = message(data ?? '', way, parts);
  else if (type === 'open') handshake(data ?? '', parts);
  else if (data === 'probe') {
    name = `${type} (probe)`;
    const note = 'With this text it is a trial: does the new transport reach the same session?';
    parts.push({ text: data, name: 'probe', note });
  } else if (data) parts.push({ text: data, name: 'data', note: 'Text that comes with it.' });
  const text = head + (data ?? '');
  return { text, size: utf8.encode(text).length, name, parts };
}

/** `{"sid":"…","upgrades":["websocket"],…}` */
function handshake(json, parts) {
  const fields = parse(json);
  if (!isObject(fields)) return parts.push({ text: json, name: 'JSON', note: 'Not what a handshake looks like.' });
  for (const [name, value] of Object.entries(fields)) {
    const text = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    parts.push({ text, name, note: own(HANDSHAKE, name) ?? 'Not in the protocol.' });
  }
}

/** `2["event",…]`, `2/namespace,17["event",…]`, `51-["event",{"_placeholder":true,"num":0}]`: returns a short name. */
function message(data, way, parts) {
  // All but the type can be absent: 1- number of attachments, 2 namespace, 3 id, 4 JSON.
  const [, digit, attachments, namespace, id, json] = /^(\d?)(\d+-)?(\/[^,]*,?)?(\d+)?(.*)$/s.exec(data);
  const [name, note] = SOCKET[digit] ?? ['unknown', 'No packet of Socket.IO.'];
  parts.push({ text: digit, name, note });
  if (attachments) {
    parts.push({ text: attachments, name: 'attachments', note: 'How many packets with binary data follow.' });
  }
  if (namespace) {
    parts.push({ text: namespace, name: 'namespace', note: 'Which namespace. The main one, “/”, is not written.' });
  }
  if (id) {
    const note = name.endsWith('ACK') ? 'Which event this is the reply to.' : 'The ack id: the reply will have the same.';
    parts.push({ text: id, name: 'ack id', note });
  }
  return json ? `${name} ${content(json, name, way, parts)}`.trim() : name;
}

/** The JSON at the end. Returns the name of the event, if it is one. */
function content(json, name, way, parts) {
  const value = parse(json);
  if (name.endsWith('EVENT') && Array.isArray(value) && typeof value[0] === 'string') {
    const [event, ...rest] = value;
    parts.push({ text: JSON.stringify(event), name: 'event', note: 'The name of the event.' });
    const notes = own(ARGUMENTS[way] ?? {}, event) ?? [];
    rest.forEach((argument, index) => {
      const note = `Argument ${index + 1}${notes[index] ? `: ${notes[index]}` : ''}.`;
      parts.push({ text: JSON.stringify(argument), name: 'argument', note });
    });
    return event;
  }
  const notes = {
    ACK: 'What the other side replies.',
    CONNECT: way === 'up' ? 'auth: what the client shows to be let in.' : 'The id of the socket in this namespace.',
    CONNECT_ERROR: 'Why not.',
  };
  const note = value === undefined ? 'Not JSON.' : own(notes, name) ?? 'JSON.';
  parts.push({ text: json, name: 'JSON', note });
  return '';
}

/** The value, or undefined when it is no JSON. */
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Not what every object has: an event may be called `toString`. */
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

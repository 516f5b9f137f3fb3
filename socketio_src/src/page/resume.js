// What this tab remembers, so that it can go on after a lost connection, and even after a reload.
//
// `sessionStorage` belongs to one tab and lives as long as that: each tab is a client of its own.
// https://developer.mozilla.org/en-US/docs/Web/API/Window/sessionStorage
//
// A browser that blocks cookies blocks it as well, and it can be full. Then a reload forgets, and all else works.

const KEY = 'chat';

export const mine = {
  /** What we show the server: it knows us by this when we come back. */
  client: newId(),
  /** The number of our last message. The server takes each number of a client once. */
  counter: 0,
  nickname: '',
  /** Where we are, or want to be. */
  room: null,
  /** The offset of the last message that we have seen there. `undefined` is not sent: we were never there. */
  after: undefined,
  /** Our messages that the server has not acknowledged: `{counter, room, text}`. */
  unsent: [],
  ...remembered(),
};

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** After each change. */
export function save() {
  const unsent = mine.unsent.map(({ counter, room, text }) => ({ counter, room, text }));
  try {
    // What is there is old, and worse than nothing: with an old counter, new messages look like those that were sent before.
    sessionStorage.removeItem(KEY);
    sessionStorage.setItem(KEY, JSON.stringify({ ...mine, unsent }));
  } catch {
    // Forbidden, or full.
  }
}

/** A browser that duplicates a tab copies what it remembers. Two tabs are two clients, so one must take a new name. */
export function becomeSomebodyElse() {
  Object.assign(mine, { client: newId(), counter: 0 });
  save();
}

/** 128 random bits: a client that could guess it could speak in our place. Not `randomUUID`, which exists with https only. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

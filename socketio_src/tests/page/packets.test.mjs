// Takes packets apart with the page's own module, in Node: every packet is named, every part has a note, and nothing that
// a server may send makes it throw.
//
//     node --test socketio_src/tests/page/packets.test.mjs

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// Not by its path: whether a `.js` file is a module, a browser learns from the page, and Node from a package.json.
const source = readFileSync(new URL('../../src/page/packets.js', import.meta.url));
const { read } = await import(`data:text/javascript;base64,${source.toString('base64')}`);

const message = (data, way = 'down') => read({ type: 'message', data }, way);
const texts = ({ parts }) => parts.map(({ text }) => text);
const names = ({ parts }) => parts.map(({ name }) => name);

test('an event is its type, its name and its arguments', () => {
  const packet = message('2["new_message","hi","demo",7]', 'up');
  assert.equal(packet.text, '42["new_message","hi","demo",7]');
  assert.equal(packet.name, 'EVENT new_message');
  assert.deepEqual(texts(packet), ['4', '2', '"new_message"', '"hi"', '"demo"', '7']);
  assert.deepEqual(names(packet), ['message', 'EVENT', 'event', 'argument', 'argument', 'argument']);
  assert.match(packet.parts[5].note, /^Argument 3: the counter/);
});

test('the same event means something else in the other direction', () => {
  const note = (way) => message('2["typing","alice",true]', way).parts[3].note;
  assert.equal(note('up'), 'Argument 1: whether somebody types here.');
  assert.equal(note('down'), 'Argument 1: who.');
});

test('the ack id joins an event with its reply', () => {
  const event = message('217["nickname","alice"]', 'up');
  assert.deepEqual(texts(event), ['4', '2', '17', '"nickname"', '"alice"']);
  assert.equal(event.parts[2].note, 'The ack id: the reply will have the same.');
  const reply = message('317[{"status":"DONE"}]');
  assert.equal(reply.name, 'ACK');
  assert.deepEqual(texts(reply), ['4', '3', '17', '[{"status":"DONE"}]']);
  assert.equal(reply.parts[2].note, 'Which event this is the reply to.');
});

test('a namespace stands between the type and the rest', () => {
  assert.deepEqual(texts(message('2/admin,3["a"]')), ['4', '2', '/admin,', '3', '"a"']);
  // What follows a namespace alone is nothing.
  assert.deepEqual(texts(message('1/admin,')), ['4', '1', '/admin,']);
});

test('a connection begins with CONNECT and ends with DISCONNECT', () => {
  assert.equal(message('0').name, 'CONNECT');
  const up = message('0{"client":"x"}', 'up');
  assert.deepEqual([up.name, up.parts[2].note], ['CONNECT', 'auth: what the client shows to be let in.']);
  assert.equal(message('0{"sid":"x"}').parts[2].note, 'The id of the socket in this namespace.');
  assert.equal(message('1').name, 'DISCONNECT');
  assert.deepEqual(texts(message('4{"message":"no"}')), ['4', '4', '{"message":"no"}']);
  assert.equal(message('4{"message":"no"}').name, 'CONNECT_ERROR');
});

test('binary arguments follow in packets of their own', () => {
  const event = message('51-["file",{"_placeholder":true,"num":0}]');
  assert.equal(event.name, 'BINARY_EVENT file');
  assert.deepEqual(texts(event).slice(0, 4), ['4', '5', '1-', '"file"']);
  const reply = message('62-/admin,13[{"_placeholder":true,"num":0}]');
  assert.deepEqual(names(reply), ['message', 'BINARY_ACK', 'attachments', 'namespace', 'ack id', 'JSON']);
  const attachment = read({ type: 'message', data: new Uint8Array([1, 2, 3]).buffer }, 'down');
  assert.deepEqual([attachment.text, attachment.size, attachment.name], ['(3 bytes)', 3, 'attachment']);
});

test('the handshake is explained field by field', () => {
  const data = '{"sid":"x","upgrades":["websocket"],"pingInterval":10000,"pingTimeout":5000,"maxPayload":100000}';
  const packet = read({ type: 'open', data }, 'down');
  assert.equal(packet.text, `0${data}`);
  assert.deepEqual(names(packet), ['open', 'sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
  assert.equal(packet.parts[2].text, '"upgrades":["websocket"]');
});

test('the packets of Engine.IO have their numbers', () => {
  const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'];
  assert.deepEqual(types.map((type) => read({ type }, 'down').text), ['0', '1', '2', '3', '4', '5', '6']);
});

test('a probe is a ping on trial', () => {
  const probe = read({ type: 'ping', data: 'probe' }, 'up');
  assert.deepEqual([probe.text, probe.name, ...texts(probe)], ['2probe', 'ping (probe)', '2', 'probe']);
  assert.equal(read({ type: 'pong', data: 'probe' }, 'down').name, 'pong (probe)');
});

test('a size is counted in bytes, not in characters', () => {
  assert.equal(message('2["안"]').size, '42[""]'.length + 3);
});

test('the parts of a packet are the packet', () => {
  for (const data of ['2', '0{"sid":"x"}', '210["toString"]', '2/a,["b"]', '1', '3/a,4[]', '52-["c"]']) {
    const { text, parts } = message(data);
    // Brackets and commas around arguments belong to no part.
    const kept = (whole) => whole.replaceAll(/[[\],]/g, '');
    assert.equal(kept(parts.map((part) => part.text).join('')), kept(text), data);
  }
});

test('nonsense is shown, and named as such', () => {
  for (const data of ['', 'x', '9["a"]', '2[', '2{}', '2null', '2[1]', '2["__proto__",1]', '3nonsense', '5-', '\n', '2/']) {
    const packet = message(data);
    assert.equal(packet.text, `4${data}`);
    assert.ok(packet.parts.every(({ note }) => note.length > 0), data);
  }
  assert.equal(message('9["a"]').name.split(' ')[0], 'unknown');
  assert.equal(message('2[').parts.at(-1).note, 'Not JSON.');
  for (const data of ['', '[]', 'null', '{', '{"toString":1}']) read({ type: 'open', data }, 'down');
  assert.equal(read({ type: 'error', data: 'parser error' }, 'down').parts[0].note, 'No packet of Engine.IO.');
});

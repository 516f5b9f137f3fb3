"""A call as a Python developer writes it from the table in docs/protocol.md: python-socketio and aiortc.

Each handler takes exactly the arguments of the table. python-socketio calls it with what has arrived: one argument more
is a TypeError. Whatever arrives that is not in the table is an error as well.

    python strict_call.py URL ROOM

Prints one line of JSON when the call is over: what was received, and what went wrong.
"""

import asyncio
import json
import sys

import socketio
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

FRAMES = 10


async def main(url, room):
    client = socketio.AsyncClient(reconnection=False)
    peer = RTCPeerConnection()
    errors, frames, byes = [], {"audio": 0, "video": 0}, 0
    over = asyncio.Event()

    def handler(act):
        async def guarded(*args):
            try:
                await act(*args)  # a TypeError when the number of arguments is another one
            except Exception as error:
                errors.append(f"{act.__name__}: {type(error).__name__}: {error}")
                over.set()

        client.on(act.__name__, guarded)

    async def welcome():
        await peer.setLocalDescription(await peer.createOffer())
        await client.emit("offer", (described(peer), room))

    async def offer(description):
        await peer.setRemoteDescription(RTCSessionDescription(description["sdp"], description["type"]))
        await peer.setLocalDescription(await peer.createAnswer())
        await client.emit("answer", (described(peer), room))

    async def answer(description):
        await peer.setRemoteDescription(RTCSessionDescription(description["sdp"], description["type"]))

    async def ice(candidate):
        if candidate is None or not candidate["candidate"]:
            return
        parsed = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
        parsed.sdpMid, parsed.sdpMLineIndex = candidate["sdpMid"], candidate["sdpMLineIndex"]
        await peer.addIceCandidate(parsed)

    async def bye():
        nonlocal byes
        byes += 1
        over.set()

    for act in (welcome, offer, answer, ice, bye):
        handler(act)

    @client.on("*")
    async def anything_else(event, *args):
        errors.append(f"{event} is not in the table: {args}")

    @peer.on("track")
    def on_track(track):
        async def watch():
            try:
                while True:
                    await track.recv()
                    frames[track.kind] += 1
            except Exception:  # the track has ended
                pass

        asyncio.ensure_future(watch())

    peer.addTrack(AudioStreamTrack())
    peer.addTrack(VideoStreamTrack())
    await client.connect(url)
    await client.emit("join_room", room)
    print("joined", flush=True)
    try:
        await asyncio.wait_for(over.wait(), 60)
    except asyncio.TimeoutError:
        errors.append("nobody has said bye within 60 seconds")
    print(json.dumps({"errors": errors, "frames": frames, "byes": byes, "state": peer.connectionState}), flush=True)
    await client.disconnect()
    await peer.close()


def described(peer):
    return {"type": peer.localDescription.type, "sdp": peer.localDescription.sdp}


asyncio.run(main(*sys.argv[1:]))

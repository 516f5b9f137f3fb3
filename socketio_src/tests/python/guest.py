"""A guest in the chat, with python-socketio. Each line on stdin is what to do, as JSON; what happens is printed.

python guest.py <url> <transports, as polling,websocket> <id of the client>
"""

import json
import sys
import threading

import socketio

url, transports, client = sys.argv[1:]
sio = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.2, randomization_factor=0)


def say(*words):
    # In one piece: events come on several threads.
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


@sio.event
def connect():
    say("connected", sio.transport())


@sio.event
def disconnect(reason):
    say("disconnected", reason)


@sio.on("*")
def any_event(*event):
    say("event", json.dumps(event))


def ask(event, *args):
    say("answer", json.dumps(sio.call(event, args, timeout=10)))


does = {"emit": lambda event, *args: sio.emit(event, args), "ask": ask}


def read():
    for line in sys.stdin:
        what, *args = json.loads(line)
        does[what](*args)
    sio.disconnect()


sio.connect(url, transports=transports.split(","), auth={"client": client}, wait_timeout=10)
threading.Thread(target=read, daemon=True).start()
sio.wait()

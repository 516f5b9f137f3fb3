"""A client on Python's websockets: sends what comes in on stdin, a line at a time, and prints what it hears."""

import sys
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

socket = connect(sys.argv[1])


def send():
    try:
        for line in sys.stdin:
            socket.send(line.rstrip("\n"))
        socket.close(1000)
    except ConnectionClosed:
        pass  # the other thread says so


threading.Thread(target=send, daemon=True).start()
try:
    while True:
        print(socket.recv(), flush=True)
except ConnectionClosed:
    print("close", socket.close_code, flush=True)

"""What runs in the network namespace of a walled browser, before the browser does.

`python inside_the_wall.py SOCKET PORT,PORT COMMAND ...`: set the network up, hand a listener for
each port out over the Unix socket, become the command. It imports nothing that takes time.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

# WebRTC looks for an interface that is no loopback, and gathers nothing where there is none.
# An IPv6 address that Linux gives it a second later is a change of network to Chromium, which
# aborts all that it is loading (net::ERR_NETWORK_CHANGED, seen in half of the runs): so, none.
SET_UP = """
ip link set lo up
ip link add outside type veth peer name nowhere
ip link set outside addrgenmode none
ip link set nowhere addrgenmode none up
ip addr add 198.51.100.1/24 dev outside
ip link set outside up
"""


def main(place: str, said: str, words: list[str]) -> None:
    """Become `words`, behind the wall."""
    subprocess.run(["sh", "-ec", SET_UP], check=True)
    ports = [int(port) for port in said.split(",")]
    doors = [socket.create_server(("127.0.0.1", port)) for port in ports]
    with socket.socket(socket.AF_UNIX) as meeting:
        meeting.connect(place)
        socket.send_fds(meeting, [b"."], [door.fileno() for door in doors])
    for port in ports:
        # Bound and never read: unlike a closed port, it tells nobody that nobody is there.
        silence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        silence.bind(("127.0.0.1", port))
        os.set_inheritable(silence.detach(), True)
    os.execv(words[0], words)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

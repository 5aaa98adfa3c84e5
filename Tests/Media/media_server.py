# SPDX-License-Identifier: Apache-2.0
"""nginx with its RTMP module, by the configuration that Tally comes with, and ffmpeg as encoder."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from tally_server import DEADLINE, ROOT, free_port, wait_until

CONFIGURATION = ROOT / "Manifests/nginx/rtmp.conf"
# A test picture with sound: what needs the least of a busy machine.
PICTURE = (
    "-re -f lavfi -i testsrc2=size=160x90:rate=10 -f lavfi -i sine=frequency=440 -c:v libx264"
    " -preset ultrafast -tune zerolatency -g 10 -pix_fmt yuv420p -c:a aac -b:a 32k -f flv"
).split()


class MediaServer:
    """One nginx of the test's own. `tally_port`: where it finds Tally."""

    def __init__(self, tally_port, update_seconds=1):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tally-nginx-"))
        self.rtmp_port, self.http_port = free_port(), free_port()
        self.control_url = f"http://127.0.0.1:{self.http_port}/control"
        self.error_log = self.folder / "error.log"
        file = self.folder / "nginx.conf"
        file.write_text(self._configuration(tally_port, update_seconds))
        self.process = subprocess.Popen(
            ["nginx", "-p", str(self.folder), "-c", str(file), "-g", "daemon off;"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"},
            start_new_session=True,
        )
        wait_until(self._listens, "nginx listens")

    def _configuration(self, tally_port, update_seconds):
        text = CONFIGURATION.read_text()
        changes = [
            (r"listen 1935;", f"listen 127.0.0.1:{self.rtmp_port};"),
            (r"127\.0\.0\.1:8081", f"127.0.0.1:{self.http_port}"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{tally_port}"),
            (r"notify_update_timeout 10s;", f"notify_update_timeout {update_seconds}s;"),
            (r"pid .*;", f"pid {self.folder}/pid;"),
            (r"error_log .*;", f"error_log {self.error_log} info;"),
            (r"access_log off;\n\n    #", "access_log off;" + self._folders() + "\n    #"),
        ]
        for pattern, replacement in changes:
            text, count = re.subn(pattern, replacement, text)
            assert count, f"{pattern} is not in {CONFIGURATION}"
        # Else its worker would be somebody who may not enter the folder.
        return ("user root;\n" if os.geteuid() == 0 else "") + text

    def _folders(self):
        kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        return "".join(f"\n    {kind}_temp_path {self.folder}/{kind};" for kind in kinds) + "\n"

    def _listens(self):
        assert self.process.poll() is None, f"nginx ended:\n{self.log()}"
        try:
            for port in (self.rtmp_port, self.http_port):
                socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def log(self):
        return self.error_log.read_text(errors="replace") if self.error_log.exists() else ""

    def publish(self, stream, key=None):
        arguments = f"?key={key}" if key is not None else ""
        return Encoder(f"rtmp://127.0.0.1:{self.rtmp_port}/live/{stream}{arguments}")

    def kill(self):
        """Kills it with its worker, which would go on without its master."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE)

    def stop(self):
        end(self.process, signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


class Encoder:
    """An ffmpeg that publishes until it is ended, or nginx ends it."""

    def __init__(self, url):
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "error", *PICTURE, url],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
        )

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def until_ended(self, seconds=DEADLINE):
        self.process.wait(seconds)

    def kill(self):
        end(self.process, signal.SIGKILL)

    def said(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace")


def end(process, number):
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(DEADLINE)

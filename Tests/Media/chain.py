# SPDX-License-Identifier: Apache-2.0
"""ffmpeg → nginx → Tally with media-nginx-rtmp, all real."""

import pathlib
import tempfile

from media_server import MediaServer
from tally_server import ROOT, TallyServer, free_port

MANIFEST = ROOT / "Manifests/plugins/media-nginx-rtmp.yaml"


class Chain:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tally-chain-")
        port = free_port()
        self.media = MediaServer(port)
        self.server = TallyServer(port=port, manifest=f"plugins: ['{self._manifest()}']\n")
        self.encoders = []

    def _manifest(self):
        """The manifest that Tally comes with, for this nginx and this build."""
        text = MANIFEST.read_text()
        changes = {
            "library: libmedia": f"library: {ROOT}/.build/debug/libmedia",
            "http://127.0.0.1:8081/control": self.media.control_url,
            "silence_seconds: 30": "silence_seconds: 4",
        }
        for before, after in changes.items():
            assert before in text, f"{before} is not in {MANIFEST}"
            text = text.replace(before, after)
        path = pathlib.Path(self.folder.name, "media-nginx-rtmp.yaml")
        path.write_text(text)
        return path

    def key(self, stream):
        return self.server.run("stream", "key", "create", stream).strip()

    def publish(self, stream, key=None):
        encoder = self.media.publish(stream, key)
        self.encoders.append(encoder)
        return encoder

    def stop(self):
        for encoder in self.encoders:
            encoder.kill()
        self.server.stop()
        self.media.stop()
        self.folder.cleanup()

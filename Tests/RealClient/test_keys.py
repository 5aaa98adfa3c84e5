# SPDX-License-Identifier: Apache-2.0
"""Tokens of an issuer whose keys are fetched, replaced and withdrawn while Tally runs."""

import base64
import http.server
import json
import threading
import time

import pytest
import websockets.asyncio.client as websocket
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from websockets import ConnectionClosed

from recorder import Connection
from tally_server import TallyServer
from test_live_streams import run


class Issuer:
    """Signs tokens, and serves the public halves of its keys."""

    def __init__(self):
        self.public, self.private, self.fetches = {}, {}, 0
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.fetches += 1
                body = json.dumps({"keys": list(issuer.public.values())}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, kind, shape, algorithm):
        key = kind.generate_key(shape)
        self.private[name] = (key, algorithm)
        self.public[name] = {**key.as_dict(private=False), "kid": name, "alg": algorithm}

    def token(self, name, user):
        key, algorithm = self.private[name]
        claims = json.dumps({"sub": user, "exp": int(time.time()) + 300}).encode()
        header = {"alg": algorithm, "kid": name}
        return jws.serialize_compact(header, claims, key, algorithms=[algorithm])

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def issuer():
    issuer = Issuer()
    issuer.add("first", RSAKey, 2048, "RS256")
    yield issuer
    issuer.stop()


@pytest.fixture
def server(issuer):
    server = TallyServer(workers=1, manifest=tokens(issuer))
    yield server
    server.stop()


def tokens(issuer):
    return f"tokens:\n  jwks_url: {issuer.url}\n  jwks_minimum_interval: 1s\n"


async def connect(server, token):
    """The reply to `connect`, or the code with which the connection was closed."""
    async with websocket.connect(server.websocket) as socket:
        await socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        try:
            return json.loads(await socket.recv())
        except ConnectionClosed as closed:
            return closed.rcvd.code


async def connect_in_time(server, token):
    """As a client does it: an error that is temporary means to come again."""
    end = time.monotonic() + 20
    while True:
        reply = await connect(server, token)
        if isinstance(reply, dict) and "connect" in reply:
            return reply
        assert time.monotonic() < end, f"never let in: {reply}"


@run
async def test_a_new_key_of_the_issuer_lets_in_at_once(server, issuer):
    await connect_in_time(server, issuer.token("first", "ana"))
    issuer.add("second", OKPKey, "Ed25519", "EdDSA")
    issuer.add("third", ECKey, "P-256", "ES256")
    await connect_in_time(server, issuer.token("second", "ben"))
    await connect_in_time(server, issuer.token("third", "cai"))


@run
async def test_invented_key_names_do_not_knock_at_the_issuers_door(server, issuer):
    await connect_in_time(server, issuer.token("first", "ana"))
    before, start = issuer.fetches, time.monotonic()
    forged = issuer.token("first", "ana").split(".")[1:]
    for number in range(40):
        header = json.dumps({"alg": "RS256", "kid": f"invented-{number}"}).encode()
        token = ".".join([encoded(header), *forged])
        reply = await connect(server, token)
        assert reply == 3500 or reply["error"]["temporary"]
    # One a second as the manifest says, the one that was due, and one under way.
    assert issuer.fetches - before <= 2 + (time.monotonic() - start)


@run
async def test_the_last_keys_outlive_an_issuer_that_is_down(server, issuer):
    await connect_in_time(server, issuer.token("first", "ana"))
    issuer.stop()
    server.kill("worker")
    await connect_in_time(server, issuer.token("first", "ana"))


@run
async def test_the_real_client_comes_back_until_the_new_key_is_there(server, issuer):
    issuer.add("second", RSAKey, 2048, "PS256")
    async with Connection(server, issuer.token("second", "ana")) as client:
        assert (await client.rpc("live.list"))["streams"] == []


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

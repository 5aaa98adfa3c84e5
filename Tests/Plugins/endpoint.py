# SPDX-License-Identifier: Apache-2.0
"""An HTTP endpoint that does what a test wants, and keeps what it was sent."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading


class Request:
    def __init__(self, headers, body):
        self.id = headers["webhook-id"]
        self.timestamp = headers["webhook-timestamp"]
        self.signatures = headers["webhook-signature"].split(" ")
        self.body = body
        self.json = json.loads(body)

    def signed_with(self, secret):
        """The signature that it must have, computed by other means than the plugin's."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.timestamp}.".encode() + self.body
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each reply waits 40 ms for the client's acknowledgement

    def do_POST(self):
        endpoint = self.server.endpoint
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = Request(self.headers, body)
        with endpoint.lock:
            endpoint.requests.append(request)
            endpoint.under_way += 1
            endpoint.most_under_way = max(endpoint.most_under_way, endpoint.under_way)
        try:
            status, reply, headers = endpoint.answer(request)
        finally:
            with endpoint.lock:
                endpoint.under_way -= 1
        if status is None:
            self.close_connection = True
            return
        reply = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that has gone away, which tests do


class Endpoint:
    """Answers 200 with {} until a test sets `behave`: request → status, (status, reply), ..."""

    def __init__(self, certificate=None):
        self.lock = threading.Lock()
        self.requests, self.under_way, self.most_under_way = [], 0, 0
        self.behave = lambda request: 200
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.endpoint = self
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def answer(self, request):
        answer = self.behave(request)
        if not isinstance(answer, tuple):
            answer = (answer,)
        status, reply, headers = (*answer, {}, {})[:3] if len(answer) < 3 else answer
        return status, reply, headers

    def ids(self):
        return [request.id for request in self.requests]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

# SPDX-License-Identifier: Apache-2.0
"""A host for one plugin, in this process: its loop turns when a test waits, its hub is a dictionary."""

import collections
import ctypes
import heapq
import itertools
import os
import pathlib
import threading
import time

import abi
from tally_server import ROOT

DEADLINE = 15  # seconds
# Where the libraries are: another folder for ones that were built with a sanitizer.
LIBRARIES = pathlib.Path(os.environ.get("TALLY_PLUGINS") or ROOT / ".build/debug")


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class FakeNode:
    """What the workers of a node share: the store and the streams."""

    def __init__(self):
        self.store = {}
        self.streams = {}
        self.calls = []
        self.failing = {}  # method → error code

    def answer(self, method, parameters):
        self.calls.append((method, parameters))
        if method in self.failing:
            raise Refused(self.failing[method])
        return getattr(self, method.replace(".", "_"))(**parameters)

    def store_get(self, key):
        version, value = self.store.get(key, (0, None))
        return {"value": value, "version": version}

    def store_set(self, key, value, version=None):
        self._check(key, version)
        stored = self.store.get(key, (0, None))[0] + 1
        self.store[key] = (stored, value)
        return {"version": stored}

    def store_delete(self, key, version=None):
        self._check(key, version)
        self.store.pop(key, None)
        return {}

    def store_list(self, prefix="", after="", limit=100):
        keys = sorted(key for key in self.store if key.startswith(prefix) and key > after)
        return {"keys": keys[:limit], "more": len(keys) > limit}

    def _check(self, key, version):
        if version is not None and version != self.store.get(key, (0, None))[0]:
            raise Refused(1001)

    def live_get(self, stream):
        if stream not in self.streams:
            raise Refused(404)
        return self.streams[stream]

    def live_start(self, stream, keep=True):
        known = self.streams.get(stream, {"generation": 0, "state": "offline"})
        if known["state"] != "offline":
            raise Refused(401)
        return self._become(stream, "live", known["generation"] + 1)

    def live_stop(self, stream):
        return self._become(stream, "offline", self.live_get(stream)["generation"])

    def live_interrupt(self, stream, generation=None):
        return self._change(stream, generation, "live", "interrupted")

    def live_resume(self, stream, generation=None):
        return self._change(stream, generation, "interrupted", "live")

    def _change(self, stream, generation, before, after):
        known = self.live_get(stream)
        if generation not in (None, known["generation"]):
            raise Refused(408)
        if known["state"] == "offline":
            raise Refused(400)
        return self._become(stream, after, known["generation"])

    def _become(self, stream, state, generation):
        self.streams[stream] = {"stream": stream, "state": state, "generation": generation}
        return self.streams[stream]


class FakeHost:
    """One worker with one plugin. Threads may call what the header says any thread may."""

    def __init__(self, plugin, settings, node=None, worker_index=0):
        self.node = node or FakeNode()
        self.logged, self.counters, self.gauges = [], collections.Counter(), {}
        self.answers = {}
        self.later = []  # done functions to call
        self.posted = collections.deque()
        self.changed = threading.Condition()
        self.timers, self.cancelled, self.numbers = [], set(), itertools.count(1)
        self.settings_value = abi.Reference(settings)
        self.index = worker_index
        self.thread = threading.get_ident()
        functions = {name: kind(getattr(self, "_" + name)) for name, kind in abi.HOST_FUNCTIONS}
        self.host = abi.Host(ctypes.sizeof(abi.Host), 1, 0, **functions)
        self.descriptor = abi.descriptor(LIBRARIES / f"lib{plugin}.so")
        error = ctypes.create_string_buffer(256)
        self.instance = self.descriptor.create(ctypes.byref(self.host), error, len(error))
        self.error = error.value.decode()

    # what a test does

    def hook(self, name, stream="", data=None, http=None, **fields):
        """Calls a hook; its answer as a dictionary, when it comes."""
        ticket = next(self.numbers)
        value = abi.Reference(data or {})
        now = int(time.time() * 1000)
        call = abi.Call(
            struct_size=ctypes.sizeof(abi.Call), ticket=ticket, time=now, deadline=now + 5000,
            user=b"", client=b"", name=b"", address=b"127.0.0.1",
            channel=(f"live:{stream}" if stream else "").encode(), stream=stream.encode(),
            data=value.pointer,
        )
        for key, text in fields.items():
            setattr(call, key, text.encode() if isinstance(text, str) else text)
        if http is not None:
            headers = abi.Reference({})
            call.http = ctypes.pointer(abi.HTTPRequest(
                ctypes.sizeof(abi.HTTPRequest), 0, http[0].encode(), http[1].encode(),
                http[2].encode(), headers.pointer, http[3], len(http[3])))
        answer = abi.Answer(struct_size=ctypes.sizeof(abi.Answer))
        verdict = getattr(self.descriptor, name)(self.instance, call, answer)
        if verdict != abi.PENDING:
            self._keep(ticket, verdict, answer)
        return ticket

    def ask(self, name, *arguments, **named):
        """As `hook`, and waits for the answer."""
        ticket = self.hook(name, *arguments, **named)
        self.run_until(lambda: ticket in self.answers)
        return self.answers[ticket]

    def run_until(self, condition, seconds=DEADLINE):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not in time; logged: {self.logged}"
            if not self._turn():
                with self.changed:
                    self.changed.wait(0.01)

    def run_for(self, seconds):
        """Turns the loop for a while: to see that something does not happen."""
        end = time.monotonic() + seconds
        self.run_until(lambda: time.monotonic() > end)

    def close(self):
        if self.instance:
            self.descriptor.destroy(self.instance)
            self.instance = None

    # the loop

    def _turn(self):
        if self.later:
            done, context, error, result = self.later.pop(0)
            value = abi.Reference(result)
            abi.DONE(done)(context, error, b"", value.pointer if error == 0 else None)
            return True
        if self.posted:
            function, argument = self.posted.popleft()
            abi.PLAIN(function)(argument)
            return True
        if self.timers and self.timers[0][0] <= time.monotonic():
            _, number, every, function, argument = heapq.heappop(self.timers)
            if number in self.cancelled:
                return True
            if every:
                entry = (time.monotonic() + every / 1000, number, every, function, argument)
                heapq.heappush(self.timers, entry)
            abi.PLAIN(function)(argument)
            return True
        return False

    def _wake(self):
        with self.changed:
            self.changed.notify_all()

    def _keep(self, ticket, verdict, answer):
        kept = {"verdict": verdict}
        if answer:
            kept |= {
                "code": answer.code, "message": (answer.message or b"").decode(),
                "status": answer.http_status, "data": abi.read(answer.data),
            }
            abi.release(answer.data)
            abi.release(answer.http_headers)
        assert ticket not in self.answers, "answered twice"
        self.answers[ticket] = kept
        self._wake()

    # what the plugin calls

    def _log(self, _, level, message, fields):
        self.logged.append((level, message.decode(), abi.read(fields)))
        return abi.OK

    def _settings(self, _):
        return self.settings_value.pointer

    def _worker_index(self, _):
        return self.index

    def _worker_count(self, _):
        return 2

    def _answer(self, _, ticket, verdict, answer):
        self._keep(ticket, verdict, answer.contents if answer else None)
        return abi.OK

    def _run_on_loop(self, _, function, argument):
        self.posted.append((function, argument))
        self._wake()
        return abi.OK

    def _run_off_loop(self, _, work, done, argument):
        def run():
            abi.PLAIN(work)(argument)
            if done:
                self._run_on_loop(None, done, argument)

        threading.Thread(target=run, daemon=True).start()
        return abi.OK

    def _start_timer(self, _, after, every, function, argument, number):
        number[0] = next(self.numbers)
        entry = (time.monotonic() + after / 1000, number[0], every, function, argument)
        heapq.heappush(self.timers, entry)
        return abi.OK

    def _cancel_timer(self, _, number):
        self.cancelled.add(number)
        return abi.OK

    def _call(self, _, method, parameters, done, context):
        if threading.get_ident() != self.thread:
            return abi.WRONG_THREAD
        try:
            error, result = 0, self.node.answer(method.decode(), abi.read(parameters) or {})
        except Refused as refused:
            error, result = refused.code, None
        if done:
            self.later.append((done, context, error, result))
        return abi.OK

    def _send(self, *_):
        return abi.NOT_FOUND

    def _disconnect(self, *_):
        return abi.NOT_FOUND

    def _unsubscribe(self, *_):
        return abi.NOT_FOUND

    def _add_to_counter(self, _, name, count):
        self.counters[name.decode()] += count
        return abi.OK

    def _set_gauge(self, _, name, value):
        self.gauges[name.decode()] = value
        return abi.OK

    def _get_extension(self, *_):
        return None

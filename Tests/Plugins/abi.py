# SPDX-License-Identifier: Apache-2.0
"""tally_plugin.h, ABI 1.0, for ctypes: as foreign to the header as a plugin's author may be."""

import ctypes
import json
from ctypes import (
    CFUNCTYPE, POINTER, Structure, c_char_p, c_int32, c_int64, c_size_t, c_uint16, c_uint32,
    c_uint64, c_void_p,
)

ALLOW, REPLACE, REJECT, PENDING = range(4)
OK, WRONG_THREAD, BAD_ARGUMENT, NOT_FOUND, LIMIT, CLOSED = range(6)

jansson = ctypes.CDLL("libjansson.so.4")
jansson.json_loads.restype = c_void_p
jansson.json_loads.argtypes = [c_char_p, c_size_t, c_void_p]
jansson.json_dumps.restype = c_void_p
jansson.json_dumps.argtypes = [c_void_p, c_size_t]
jansson.json_delete.argtypes = [c_void_p]
libc = ctypes.CDLL(None)
libc.free.argtypes = [c_void_p]

JSON_DECODE_ANY, JSON_COMPACT, JSON_ENCODE_ANY = 0x4, 0x20, 0x200


class Reference:
    """A Jansson value of ours, let go with this object."""

    def __init__(self, value):
        text = json.dumps(value).encode()
        self.pointer = jansson.json_loads(text, JSON_DECODE_ANY, None)

    def __del__(self):
        release(self.pointer)


def release(pointer):
    """json_decref, which is inline: the count is the second word, and -1 means for ever."""
    if not pointer:
        return
    count = c_size_t.from_address(pointer + ctypes.sizeof(c_size_t))
    if count.value == c_size_t(-1).value:
        return
    count.value -= 1
    if count.value == 0:
        jansson.json_delete(pointer)


def read(pointer):
    if not pointer:
        return None
    text = jansson.json_dumps(pointer, JSON_COMPACT | JSON_ENCODE_ANY)
    value = json.loads(ctypes.string_at(text))
    libc.free(text)
    return value


class HTTPRequest(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("reserved", c_uint32), ("method", c_char_p), ("path", c_char_p),
        ("query", c_char_p), ("headers", c_void_p), ("body", c_char_p), ("body_length", c_size_t),
    ]


class Call(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("reserved", c_uint32), ("ticket", c_uint64),
        ("session", c_uint64), ("time", c_int64), ("deadline", c_int64), ("user", c_char_p),
        ("client", c_char_p), ("name", c_char_p), ("address", c_char_p), ("info", c_void_p),
        ("channel", c_char_p), ("stream", c_char_p), ("permissions", c_uint32),
        ("reserved2", c_uint32), ("data", c_void_p), ("http", POINTER(HTTPRequest)),
    ]


class Answer(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("code", c_int32), ("message", c_char_p), ("data", c_void_p),
        ("http_status", c_int32), ("reserved", c_uint32), ("http_content_type", c_char_p),
        ("http_headers", c_void_p), ("http_body", c_void_p), ("http_body_length", c_size_t),
    ]


DONE = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_void_p)
PLAIN = CFUNCTYPE(None, c_void_p)
HOOK = CFUNCTYPE(c_int32, c_void_p, POINTER(Call), POINTER(Answer))

HOST_FUNCTIONS = [
    ("log", CFUNCTYPE(c_int32, c_void_p, c_int32, c_char_p, c_void_p)),
    ("settings", CFUNCTYPE(c_void_p, c_void_p)),
    ("worker_index", CFUNCTYPE(c_uint32, c_void_p)),
    ("worker_count", CFUNCTYPE(c_uint32, c_void_p)),
    ("answer", CFUNCTYPE(c_int32, c_void_p, c_uint64, c_int32, POINTER(Answer))),
    ("run_on_loop", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)),
    ("run_off_loop", CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_void_p)),
    ("start_timer", CFUNCTYPE(
        c_int32, c_void_p, c_uint64, c_uint64, c_void_p, c_void_p, POINTER(c_uint64))),
    ("cancel_timer", CFUNCTYPE(c_int32, c_void_p, c_uint64)),
    ("call", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p)),
    ("send", CFUNCTYPE(c_int32, c_void_p, c_uint64, c_void_p)),
    ("disconnect", CFUNCTYPE(c_int32, c_void_p, c_uint64, c_uint16, c_char_p)),
    ("unsubscribe", CFUNCTYPE(c_int32, c_void_p, c_uint64, c_char_p)),
    ("add_to_counter", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_uint64)),
    ("set_gauge", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_int64)),
    ("get_extension", CFUNCTYPE(c_void_p, c_void_p, c_char_p)),
]


class Host(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("abi_major", c_uint16), ("abi_minor", c_uint16),
        *HOST_FUNCTIONS,
    ]


HOOKS = [
    "connect", "subscribe", "live_start", "live_stop", "live_update", "comment", "publish", "rpc",
    "http", "subscribed", "unsubscribed", "disconnected", "commented", "started", "stopped",
    "viewers", "tick",
]


class Descriptor(Structure):
    _fields_ = [
        ("struct_size", c_uint32), ("abi_major", c_uint16), ("abi_minor", c_uint16),
        ("name", c_char_p), ("version", c_char_p), ("summary", c_char_p),
        ("settings_schema", c_char_p),
        ("create", CFUNCTYPE(c_void_p, POINTER(Host), c_char_p, c_size_t)),
        ("destroy", CFUNCTYPE(None, c_void_p)),
        ("self_test", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_size_t)),
        *[(name, HOOK) for name in HOOKS],
        ("get_extension", CFUNCTYPE(c_void_p, c_char_p)),
    ]


def descriptor(library):
    """What the library's one symbol returns."""
    entry = ctypes.CDLL(str(library), mode=ctypes.RTLD_LOCAL).tally_plugin
    entry.restype = POINTER(Descriptor)
    entry.argtypes = []
    return entry().contents

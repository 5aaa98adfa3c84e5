# SPDX-License-Identifier: Apache-2.0
"""media-nginx-rtmp in a host of the test's own: each callback, each trap, without an nginx."""

import http.server
import threading
import urllib.parse

import abi
import pytest
from fake_host import FakeHost, FakeNode

MAY_CONTROL = 1 << 4


class Control(http.server.BaseHTTPRequestHandler):
    """nginx's control URL."""

    def do_GET(self):
        self.server.asked.append(self.path)
        body = b"%d" % self.server.counts.pop(0) if self.server.counts else b"1"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def control():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Control)
    server.asked, server.counts = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def host(control):
    host = plugin(control_url=f"http://127.0.0.1:{control.server_port}/control/")
    yield host
    host.close()


def plugin(node=None, **settings):
    host = FakeHost("media-nginx-rtmp", settings, node)
    assert host.instance, host.error
    return host


def callback(host, call, name, client, key=None, extra="", query="", address="127.0.0.1"):
    fields = {"app": "live", "addr": "127.0.0.1", "clientid": client, "call": call, "name": name}
    if key is not None:
        fields["key"] = key
    body = urllib.parse.urlencode(fields) + extra
    request = ("POST", "/hook", query, body.encode())
    return host.ask("http", http=request, address=address)["status"]


def rpc(host, method, stream="show", permissions=MAY_CONTROL, **data):
    return host.ask(
        "rpc", stream, {"method": method, "data": {"stream": stream, **data}}, user="sam",
        permissions=permissions,
    )


def make_key(host, stream="show"):
    return rpc(host, "key.create", stream)["data"]["key"]


def stop(host, stream="show", reason=None):
    """What the hub tells when the studio stops a stream."""
    snapshot = host.node.live_stop(stream)
    data = {"id": "1", "event": "live.stopped", "snapshot": snapshot}
    if reason:
        data["reason"] = reason
    return host.ask("stopped", stream, data)


def state(host, stream="show"):
    return host.node.streams[stream]["state"]


def settled(host):
    host.run_for(0.05)


def test_a_key_starts_the_stream(host):
    key = make_key(host)
    assert callback(host, "publish", "show", 1, key) == 204
    assert host.node.streams["show"] == {"stream": "show", "state": "live", "generation": 1}
    assert ("live.start", {"stream": "show", "keep": True}) in host.node.calls


@pytest.mark.parametrize("key", [None, "", "wrong", "tsk_" + 64 * "0", 128 * "k", 129 * "k"])
def test_a_wrong_key_is_denied(host, key):
    make_key(host)
    assert callback(host, "publish", "show", 1, key) == 403
    assert host.node.streams == {}


def test_the_key_of_another_stream_is_denied(host):
    make_key(host)
    assert callback(host, "publish", "show", 1, make_key(host, "other")) == 403
    assert callback(host, "publish", "unknown", 1, make_key(host, "third")) == 403


def test_media_that_goes_interrupts_and_coming_back_resumes(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    assert callback(host, "publish_done", "show", 1, key) == 204
    host.run_until(lambda: state(host) == "interrupted")
    assert callback(host, "publish", "show", 2, key) == 204
    assert host.node.streams["show"] == {"stream": "show", "state": "live", "generation": 1}


def test_a_second_publishers_end_is_not_the_firsts(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    assert callback(host, "publish", "show", 2, key) == 204  # nginx itself refuses it
    assert callback(host, "publish_done", "show", 2, key) == 204
    settled(host)
    assert state(host) == "live"
    callback(host, "publish_done", "show", 1, key)
    host.run_until(lambda: state(host) == "interrupted")


def test_an_unknown_clients_end_changes_nothing(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    assert callback(host, "publish_done", "show", 77, key) == 204
    settled(host)
    assert state(host) == "live"


def test_a_studios_own_stream_takes_a_publisher(host):
    host.node.live_start("show")
    assert callback(host, "publish", "show", 1, make_key(host)) == 204
    assert host.node.streams["show"]["generation"] == 1


def test_a_stop_drops_the_publisher(host, control):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    control.counts = [0, 0, 1]  # the publish is not through yet
    assert stop(host)["verdict"] == abi.ALLOW
    assert control.asked == 3 * ["/control/drop/publisher?app=live&name=show"]
    assert host.counters["dropped"] == 1


def test_a_stop_without_a_publisher_drops_nobody(host, control):
    host.node.live_start("show")
    assert stop(host)["verdict"] == abi.ALLOW
    assert control.asked == []


def test_a_stop_holds_against_an_encoder_that_tries_again(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    stop(host)
    callback(host, "publish_done", "show", 1, key)
    assert callback(host, "publish", "show", 2, key) == 403
    assert state(host) == "offline"
    host.node.live_start("show")  # the studio wants it after all
    assert callback(host, "publish", "show", 3, key) == 204


def test_a_stop_without_hold_lets_it_start_again(control):
    host = plugin(hold_seconds=0, control_url=f"http://127.0.0.1:{control.server_port}/control")
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    stop(host)
    assert callback(host, "publish", "show", 2, key) == 204
    assert host.node.streams["show"]["generation"] == 2
    host.close()


def test_the_end_of_the_grace_period_holds_nobody(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    callback(host, "publish_done", "show", 1, key)
    host.run_until(lambda: host.node.store["on-air/show"][1]["state"] == "gone")
    stop(host, reason="interrupted")
    assert callback(host, "publish", "show", 2, key) == 204
    assert host.node.streams["show"]["generation"] == 2


def test_a_stop_that_is_told_late_drops_nobody_of_the_next_broadcast(host, control):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    late = dict(host.node.streams["show"], state="offline")
    stop(host)
    host.node.live_start("show")
    callback(host, "publish", "show", 2, key)
    control.asked.clear()
    told = {"id": "1", "event": "live.stopped", "snapshot": late}
    assert host.ask("stopped", "show", told)["verdict"] == abi.ALLOW
    assert control.asked == []


def test_an_update_of_a_stopped_stream_is_refused(control):
    """The way to drop a publisher that the control URL did not reach."""
    host = plugin()
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    assert callback(host, "update_publish", "show", 1, key) == 204
    stop(host)
    assert callback(host, "update_publish", "show", 1, key) == 403
    host.close()


@pytest.mark.parametrize("method", ["store.get", "store.set", "live.get"])
def test_an_update_is_allowed_when_the_hub_is_not_there(host, method):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    host.node.failing = {method: 410}
    assert callback(host, "update_publish", "show", 1, key) == 204


@pytest.mark.parametrize("method", ["store.get", "store.set", "live.get", "live.start"])
def test_a_publish_is_refused_for_now_when_the_hub_is_not_there(host, method):
    key = make_key(host)
    host.node.failing = {method: 410}
    assert callback(host, "publish", "show", 1, key) == 503


def test_another_worker_goes_on_where_one_ended(host):
    """A killed worker, or a restarted Tally: what is known of a publisher is in the store."""
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    other = plugin(host.node)
    assert callback(other, "update_publish", "show", 1, key) == 204
    callback(other, "publish_done", "show", 1, key)
    other.run_until(lambda: state(other) == "interrupted")
    other.close()


def test_a_publisher_that_is_not_heard_of_is_gone():
    host = plugin(silence_seconds=2)
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    host.run_until(lambda: state(host) == "interrupted")
    # It was slow, not gone.
    assert callback(host, "update_publish", "show", 1, key) == 204
    assert state(host) == "live"
    host.close()


def test_a_publisher_that_is_heard_of_stays():
    host = plugin(silence_seconds=2)
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    for _ in range(8):
        host.run_for(0.5)
        assert callback(host, "update_publish", "show", 1, key) == 204
    assert state(host) == "live"
    assert not any(method == "live.interrupt" for method, _ in host.node.calls)
    host.close()


def test_a_publishers_own_arguments_are_not_nginxs(host):
    key = make_key(host, "mine")
    make_key(host, "show")
    for extra in ["&name=show", "&call=update_publish", "&clientid=1", "&key=x", "&n%61me=show"]:
        assert callback(host, "publish", "mine", 2, key, extra) == 403
    assert callback(host, "publish", "mine", 2, key, "&user=7&token=x") == 204


def test_callers_are_chosen_by_address(host):
    key = make_key(host)
    assert callback(host, "publish", "show", 1, key, address="192.0.2.1") == 403
    assert callback(host, "publish", "show", 1, key, address="") == 403
    assert callback(host, "publish", "show", 1, key, address="::1") == 204


def test_callers_know_the_secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("a-secret-of-some-length\n")
    file.chmod(0o600)
    host = plugin(callback_secret_file=str(file))
    key = make_key(host)
    for query in ["", "secret=", "secret=wrong", "secret=a-secret-of-some-length&secret=x",
                  "secret=" + 200 * "x", "other=a-secret-of-some-length"]:
        assert callback(host, "publish", "show", 1, key, query=query) == 403
    assert callback(host, "publish", "show", 1, key, query="secret=a-secret-of-some-length") == 204
    host.close()


def test_other_routes_and_methods_are_refused(host):
    ask = lambda method, path: host.ask("http", http=(method, path, "", b""))["status"]
    assert ask("GET", "/hook") == 405
    assert ask("POST", "/") == 404
    assert ask("POST", "/hook") == 403  # no form


def test_players_updates_are_let_through(host):
    assert callback(host, "update_play", "show", 9) == 204


@pytest.mark.parametrize("settings, words", [
    ({"callers": ["localhost"]}, "callers"),
    ({"callers": ["10.1.0.0/8"]}, "callers"),
    ({"control_url": "http://127.0.0.1/control?app=live"}, "control_url"),
    ({"callback_secret_file": "/nonexistent"}, "No such file"),
])
def test_settings_that_cannot_be_are_refused(settings, words):
    host = FakeHost("media-nginx-rtmp", settings)
    assert not host.instance
    assert words in host.error


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "secret"
    file.write_text("a-secret-of-some-length\n")
    file.chmod(0o640)
    host = FakeHost("media-nginx-rtmp", {"callback_secret_file": str(file)})
    assert not host.instance and "others than its owner" in host.error


def test_keys_are_made_rotated_listed_and_revoked(host, control):
    first = make_key(host)
    assert rpc(host, "key.create")["code"] == 1009
    second = rpc(host, "key.rotate", keep_old_seconds=60)["data"]["key"]
    assert first != second
    assert callback(host, "publish", "show", 1, first) == 204
    listed = rpc(host, "key.list")["data"]
    assert [entry["created_by"] for entry in listed["keys"]] == ["sam", "sam"]
    assert first not in str(listed) and second not in str(listed)
    third = rpc(host, "key.rotate")["data"]["key"]
    assert callback(host, "publish", "show", 1, first) == 403
    assert callback(host, "publish", "show", 1, second) == 403
    assert callback(host, "publish", "show", 1, third) == 204
    assert rpc(host, "key.revoke")["data"]["stream"] == "show"
    assert callback(host, "publish", "show", 3, third) == 403
    host.run_until(lambda: control.asked)
    assert rpc(host, "key.rotate")["code"] == 1004
    assert rpc(host, "key.revoke")["code"] == 1004


def test_no_key_is_stored_or_logged(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    callback(host, "publish", "show", 2, "wrong-key")
    assert key not in str(host.node.store) and key[4:] not in str(host.node.store)
    assert key not in str(host.logged) and "wrong-key" not in str(host.logged)


def test_keys_are_for_who_may_control(host):
    for method in ["key.create", "key.rotate", "key.revoke", "key.list"]:
        assert rpc(host, method, permissions=~MAY_CONTROL & 63)["code"] == 1003
    assert rpc(host, "key.create", stream="")["code"] == 1000
    assert rpc(host, "key.guess")["code"] == 1000
    for seconds in [-1, 604801, "60", 1.5, None]:
        assert rpc(host, "key.rotate", keep_old_seconds=seconds)["code"] == 1000


def test_two_workers_that_change_the_same_both_succeed(host):
    """Each sees the other's change between its own reading and storing."""
    key = make_key(host)
    other = plugin(host.node)
    publish = lambda worker, client: worker.hook("http", http=(
        "POST", "/hook", "",
        f"app=live&clientid={client}&call=publish&name=show&key={key}".encode()))
    tickets = [(host, publish(host, 1)), (other, publish(other, 2))]
    for _ in range(200):
        for worker in (host, other):
            worker._turn()
    for worker, ticket in tickets:
        assert worker.answers[ticket]["status"] == 204
    clients = [p["client"] for p in host.node.store["on-air/show"][1]["publishers"]]
    assert sorted(clients) == ["1", "2"]
    other.close()


def test_the_self_test_is_well(host):
    error = abi.ctypes.create_string_buffer(256)
    assert host.descriptor.self_test(host.instance, error, 256) == 0


def test_requests_under_way_have_a_limit(host):
    key = make_key(host)
    callback(host, "publish", "show", 1, key)
    ask = lambda call, name: host.hook("http", http=(
        "POST", "/hook", "", f"app=live&clientid=1&call={call}&name={name}&key={key}".encode()))
    tickets = [ask("publish", f"other{number}") for number in range(512)]
    assert not any(ticket in host.answers for ticket in tickets)
    assert host.answers[ask("publish", "show")]["status"] == 503
    assert host.answers[ask("update_publish", "show")]["status"] == 204  # drops nobody
    host.run_until(lambda: all(ticket in host.answers for ticket in tickets))
    assert callback(host, "update_publish", "show", 1, key) == 204


def test_publishers_of_a_stream_have_a_limit(host):
    """Who was not heard of for longest gives way."""
    key = make_key(host)
    for client in range(1, 18):
        assert callback(host, "publish", "show", client, key) == 204
        host.run_for(0.002)
    clients = {p["client"] for p in host.node.store["on-air/show"][1]["publishers"]}
    assert clients == {str(client) for client in range(2, 18)}


@pytest.mark.parametrize("length, is_good", [(15, False), (16, True), (128, True), (129, False)])
def test_a_callback_secret_has_a_length(tmp_path, length, is_good):
    file = tmp_path / "secret"
    file.write_text(length * "s" + "\n")
    file.chmod(0o600)
    host = FakeHost("media-nginx-rtmp", {"callback_secret_file": str(file)})
    assert bool(host.instance) == is_good
    host.close()

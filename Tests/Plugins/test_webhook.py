# SPDX-License-Identifier: Apache-2.0
"""webhook in a host of the test's own, against endpoints that do well, and ones that do not."""

import subprocess
import threading
import time

import abi
import pytest
from endpoint import Endpoint
from fake_host import FakeHost

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
QUICK = {
    "first_retry_ms": 20, "longest_retry_ms": 60, "breaker_first_ms": 50,
    "breaker_longest_ms": 100, "allow_addresses": ["127.0.0.0/8"], "allow_plain_http": True,
}


@pytest.fixture
def endpoint():
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "webhook.secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def load(secret_file):
    """Makes a plugin with one endpoint, and ends it with the test."""
    hosts = []

    def load(url, events=(), decisions=(), endpoint={}, **settings):
        one = {"name": "main", "url": url, "secret_file": str(secret_file)}
        one |= {"events": list(events), "decisions": list(decisions), **endpoint}
        host = FakeHost("webhook", QUICK | {"endpoints": [one]} | settings)
        hosts.append(host)
        return host

    yield load
    for host in hosts:
        host.close()


def started(host, stream="show", number=1, event="live.started"):
    snapshot = {"stream": stream, "generation": 4, "state": "live"}
    data = {"id": f"n{number}", "event": event, "snapshot": snapshot}
    return host.hook("started", stream, data)


def commented(host, offset, stream="show"):
    data = {"id": str(offset), "text": "hello", "offset": offset, "epoch": "e1", "time": 0}
    return host.hook("commented", stream, data, user="ana", session=7)


def comment(host, text="hello", **fields):
    return host.ask("comment", "show", {"text": text}, user="ana", session=7, **fields)


def test_an_event_is_signed_and_says_what_happened(load, endpoint):
    host = load(endpoint.url, ["live.started"])
    ticket = started(host)
    host.run_until(lambda: ticket in host.answers)
    [request] = endpoint.requests
    assert request.signatures == [request.signed_with(SECRET)]
    assert abs(int(request.timestamp) - time.time()) < 60
    assert request.id == "stream_show_4_n1"
    assert request.json["type"] == "live.started"
    assert request.json["data"]["stream"] == "show"
    assert request.json["data"]["snapshot"]["generation"] == 4
    assert host.answers[ticket]["verdict"] == abi.ALLOW


def test_two_secrets_make_two_signatures(load, endpoint, secret_file):
    secret_file.write_text(f"{SECRET}\n{OLD_SECRET}\n")
    host = load(endpoint.url, ["live.started"])
    started(host)
    host.run_until(lambda: endpoint.requests)
    [request] = endpoint.requests
    expected = [request.signed_with(SECRET), request.signed_with(OLD_SECRET)]
    assert request.signatures == expected


def test_only_what_was_asked_for_is_told(load, endpoint):
    host = load(endpoint.url, ["live.stopped"])
    assert host.answers[started(host)]["verdict"] == abi.ALLOW
    assert host.answers[commented(host, 1)]["verdict"] == abi.ALLOW
    assert comment(host)["verdict"] == abi.ALLOW
    host.run_for(0.1)
    assert endpoint.requests == []


def test_a_failure_is_tried_again_under_the_same_id(load, endpoint):
    answers = [500, 302, None, 404, 200]
    endpoint.behave = lambda request: answers.pop(0)
    host = load(endpoint.url, ["live.started"], breaker_failures=100)
    ticket = started(host)
    host.run_until(lambda: ticket in host.answers)
    assert len(endpoint.requests) == 5
    assert len(set(endpoint.ids())) == 1


def test_what_the_hub_keeps_is_answered_only_when_it_arrived(load, endpoint):
    endpoint.behave = lambda request: 503
    host = load(endpoint.url, ["live.started"])
    ticket = started(host)
    host.run_until(lambda: len(endpoint.requests) >= 2)
    assert ticket not in host.answers
    endpoint.behave = lambda request: 200
    host.run_until(lambda: ticket in host.answers)


def test_order_is_kept_in_a_stream_and_others_go_on(load, endpoint):
    endpoint.behave = lambda request: 500 if "_bad_" in request.id and failing else 200
    failing = True
    host = load(endpoint.url, ["comment.sent"], breaker_failures=1000)
    for offset in range(1, 6):
        commented(host, offset, "bad")
        commented(host, offset, "good")
    delivered = lambda stream: [i for i in endpoint.ids() if f"_{stream}_" in i]
    host.run_until(lambda: len(delivered("good")) == 5 and len(delivered("bad")) >= 2)
    assert set(delivered("bad")) == {"comment_bad_e1_1"}
    failing = False
    host.run_until(lambda: delivered("bad")[-1] == "comment_bad_e1_5")
    in_order = list(dict.fromkeys(delivered("bad")))
    assert in_order == [f"comment_bad_e1_{n}" for n in range(1, 6)]
    assert delivered("good") == [f"comment_good_e1_{n}" for n in range(1, 6)]


def test_giving_up_lets_the_next_one_pass(load, endpoint):
    endpoint.behave = lambda request: 500 if request.id == "stream_show_4_n1" else 200
    host = load(endpoint.url, ["live.started"], give_up_seconds=1, breaker_failures=1000)
    first = started(host, number=1)
    host.run_for(0.5)
    second = started(host, number=2)
    host.run_until(lambda: second in host.answers)
    assert first in host.answers
    assert host.counters["given_up"] == 1


def test_a_redirect_is_not_followed(load, endpoint):
    other = Endpoint()
    endpoint.behave = lambda request: (307, {}, {"Location": other.url})
    host = load(endpoint.url, ["live.started"], decisions=["comment"])
    started(host)
    assert comment(host)["verdict"] == abi.REJECT
    host.run_until(lambda: len(endpoint.requests) >= 3)
    assert other.requests == []
    other.close()


def test_the_breaker_leaves_a_dead_endpoint_alone(load, endpoint):
    endpoint.behave = lambda request: 500
    host = load(
        endpoint.url, ["comment.sent"], ["comment"], breaker_failures=2, breaker_first_ms=60000,
        breaker_longest_ms=60000)
    commented(host, 1)
    host.run_until(lambda: host.counters["circuit_openings"] == 1)
    assert len(endpoint.requests) == 2
    for offset in range(10):
        commented(host, offset, f"stream{offset}")
    assert comment(host)["verdict"] == abi.REJECT  # at once, without asking
    host.run_for(0.2)
    assert len(endpoint.requests) == 2


def test_the_breaker_closes_when_a_probe_succeeds(load, endpoint):
    endpoint.behave = lambda request: 500
    host = load(endpoint.url, ["comment.sent"], breaker_failures=2)
    for offset in range(20):
        commented(host, offset, f"stream{offset}")
    host.run_until(lambda: host.counters["circuit_openings"] == 1)
    endpoint.behave = lambda request: 200
    host.run_until(lambda: host.counters["delivered"] == 20)
    host.run_until(lambda: any("well again" in line for _, line, _ in host.logged))


def test_a_slow_endpoint_is_not_waited_for(load, endpoint):
    released = threading.Event()
    endpoint.behave = lambda request: released.wait(10) and 200
    host = load(endpoint.url, ["live.started"], ["comment"], {"timeout_ms": 200})
    begin = time.monotonic()
    assert comment(host)["verdict"] == abi.REJECT
    assert 0.1 < time.monotonic() - begin < 5
    released.set()


def test_a_decision_ends_with_its_deadline(load, endpoint):
    released = threading.Event()
    endpoint.behave = lambda request: released.wait(10) and 200
    host = load(endpoint.url, decisions=["comment"], endpoint={"timeout_ms": 60000})
    now = int(time.time() * 1000)
    begin = time.monotonic()
    assert comment(host, time=now, deadline=now + 300)["verdict"] == abi.REJECT
    assert time.monotonic() - begin < 5
    released.set()


def test_an_endpoint_decides(load, endpoint):
    host = load(endpoint.url, decisions=["comment", "connect"])
    endpoint.behave = lambda request: (200, {"verdict": "allow"})
    assert comment(host)["verdict"] == abi.ALLOW
    request = endpoint.requests[-1]
    assert request.json["type"] == "ask.comment"
    assert request.json["data"]["asked"] == {"text": "hello"}
    assert request.json["data"]["user"] == "ana"
    assert "address" not in request.json["data"]
    assert request.signatures == [request.signed_with(SECRET)]
    endpoint.behave = lambda request: (200, {"verdict": "replace", "data": {"text": "h***o"}})
    replaced = comment(host)
    assert (replaced["verdict"], replaced["data"]) == (abi.REPLACE, {"text": "h***o"})
    endpoint.behave = lambda r: (200, {"verdict": "reject", "code": 1234, "message": "not today"})
    refused = comment(host)
    assert refused["verdict"] == abi.REJECT
    assert (refused["code"], refused["message"]) == (1234, "not today")
    endpoint.behave = lambda request: (200, {"verdict": "allow"})
    assert host.ask("connect", data={"token": True})["verdict"] == abi.ALLOW
    assert endpoint.requests[-1].json["type"] == "ask.connect"


@pytest.mark.parametrize("answer", [
    500, 404, 301, None, (200, b""), (200, b"yes"), (200, {"verdict": "maybe"}),
    (200, b'{"verdict": "allow"}' + 70000 * b" "),
])
@pytest.mark.parametrize("on_failure, verdict", [("reject", abi.REJECT), ("allow", abi.ALLOW)])
def test_without_a_decision_the_settings_decide(load, endpoint, answer, on_failure, verdict):
    endpoint.behave = lambda request: answer
    host = load(endpoint.url, decisions=["comment"], endpoint={"on_failure": on_failure})
    assert comment(host)["verdict"] == verdict
    assert host.counters["undecided"] == 1


def test_decisions_go_side_by_side_up_to_a_limit(load, endpoint):
    gate = threading.Event()
    endpoint.behave = lambda request: gate.wait(10) and (200, {"verdict": "allow"})
    host = load(endpoint.url, decisions=["comment"])
    tickets = [host.hook("comment", "show", {"text": str(n)}) for n in range(50)]
    host.run_until(lambda: endpoint.under_way == 32)
    gate.set()
    host.run_until(lambda: all(ticket in host.answers for ticket in tickets))
    assert all(host.answers[ticket]["verdict"] == abi.ALLOW for ticket in tickets)
    assert endpoint.most_under_way == 32


def test_the_queue_has_a_limit_and_streams_events_have_room(load, endpoint):
    endpoint.behave = lambda request: 500
    host = load(endpoint.url, ["comment.sent", "live.started"], ["comment"], queue=10)
    for offset in range(30):
        commented(host, offset)
    assert host.counters["lost"] == 20
    assert sum("queue is full" in line for _, line, _ in host.logged) == 1
    assert comment(host)["verdict"] == abi.REJECT
    ticket = started(host)
    endpoint.behave = lambda request: 200
    host.run_until(lambda: ticket in host.answers)
    host.run_until(lambda: host.gauges["queued"] == 0)
    assert host.counters["delivered"] == 11


def test_only_the_newest_viewers_wait(load, endpoint):
    gate = threading.Event()
    endpoint.behave = lambda request: gate.wait(10) and 200
    host = load(endpoint.url, ["live.viewers"])
    host.hook("viewers", "show", {"viewers": 0})
    host.run_until(lambda: endpoint.under_way == 1)
    for count in range(1, 20):
        host.hook("viewers", "show", {"viewers": count})
    gate.set()
    host.run_until(lambda: len(endpoint.requests) == 2)
    assert endpoint.requests[1].json["data"]["viewers"] == 19


@pytest.mark.parametrize("host_name", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433"])
def test_private_addresses_are_not_called(load, endpoint, host_name):
    url = endpoint.url.replace("127.0.0.1", host_name)
    host = load(url, decisions=["comment"], allow_addresses=[])
    assert comment(host)["verdict"] == abi.REJECT
    assert endpoint.requests == []
    assert host.counters["refused_addresses"] == 1


def test_a_proxy_of_the_environment_is_not_asked(load, endpoint, monkeypatch):
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]:
        monkeypatch.setenv(name, endpoint.url)
    host = load("http://192.0.2.1/hook", decisions=["comment"])
    assert comment(host)["verdict"] == abi.REJECT
    assert endpoint.requests == []
    assert host.counters["refused_addresses"] == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout",
         files[1]], check=True, capture_output=True)
    return files


@pytest.fixture
def secure(certificate):
    endpoint = Endpoint(certificate)
    endpoint.behave = lambda request: (200, {"verdict": "allow"})
    yield endpoint
    endpoint.close()


def test_a_certificate_is_verified(load, secure, certificate):
    trusting = load(
        secure.url, decisions=["comment"], endpoint={"ca_file": str(certificate[0])},
        allow_plain_http=False)
    assert comment(trusting)["verdict"] == abi.ALLOW
    host = load(secure.url, decisions=["comment"], allow_plain_http=False)
    assert comment(host)["verdict"] == abi.REJECT
    other_name = load(
        secure.url.replace("127.0.0.1", "localhost"), decisions=["comment"],
        endpoint={"ca_file": str(certificate[0])})
    assert comment(other_name)["verdict"] == abi.REJECT
    assert len(secure.requests) == 1


@pytest.mark.parametrize("change, words", [
    ({"url": "http://example.org/"}, "https"),
    ({"url": "https://user:word@example.org/"}, "name or password"),
    ({"url": "https://example.org/#x"}, "#"),
    ({"url": "https://"}, "no URL"),
    ({"secret_file": "/nonexistent"}, "No such file"),
])
def test_settings_that_cannot_be_are_refused(load, change, words):
    host = load("https://example.org/", endpoint=change, allow_plain_http=False)
    assert not host.instance
    assert words in host.error


def test_ranges_that_are_none_are_refused(load):
    host = load("https://example.org/", allow_addresses=["10.0.0.1/8"])
    assert "10.0.0.1/8" in host.error


def test_secrets_are_read_with_care(load, secret_file):
    secret_file.write_text("whsec_short\n")
    host = load("https://example.org/")
    assert "whsec_ and base64" in host.error and "short" not in host.error.split("whsec_", 1)[1]
    secret_file.write_text(f"{SECRET}\n{SECRET}\n{SECRET}\n")
    assert "one or two lines" in load("https://example.org/").error
    secret_file.write_text(SECRET)
    secret_file.chmod(0o644)
    assert "others than its owner" in load("https://example.org/").error


def test_one_hook_has_one_decider(secret_file):
    one = {"url": "https://example.org/", "secret_file": str(secret_file), "decisions": ["comment"]}
    host = FakeHost("webhook", {"endpoints": [one | {"name": "a"}, one | {"name": "b"}]})
    assert not host.instance and "b decides" in host.error
    host = FakeHost("webhook", {"endpoints": [one | {"name": "a"}, one | {"name": "a"}]})
    assert not host.instance and "called a" in host.error


def test_no_secret_is_logged(load, endpoint):
    endpoint.behave = lambda request: 500
    host = load(endpoint.url, ["live.started"], ["comment"])
    started(host)
    comment(host)
    host.run_until(lambda: host.counters["circuit_openings"])
    assert "MfKQ9r8GKYqrTwjUPD8" not in str(host.logged) and "/hook" not in str(host.logged)


def test_an_end_is_quick_and_answers_nothing_that_did_not_arrive(load, endpoint):
    gate = threading.Event()
    endpoint.behave = lambda request: gate.wait(10) and 200
    host = load(endpoint.url, ["live.started"], drain_ms=100)
    ticket = started(host)
    host.run_until(lambda: endpoint.requests)
    begin = time.monotonic()
    host.close()
    assert time.monotonic() - begin < 2
    assert ticket not in host.answers
    gate.set()


def test_an_end_sends_what_is_due(load, endpoint):
    host = load(endpoint.url, ["comment.sent"], drain_ms=5000)
    for offset in range(20):
        commented(host, offset)
    host.close()
    assert len(endpoint.requests) == 20


def test_gone_is_gone(load, endpoint):
    endpoint.behave = lambda request: 410
    host = load(endpoint.url, ["comment.sent"], ["comment"], breaker_failures=1000)
    for offset in range(5):
        commented(host, offset)
    host.run_until(lambda: host.gauges.get("queued") == 0)
    assert comment(host)["verdict"] == abi.REJECT
    assert len(endpoint.requests) == 1
    assert sum("410" in line for _, line, _ in host.logged) == 1


def test_it_waits_as_long_as_it_is_told_to(load, endpoint):
    answers = [(429, {}, {"Retry-After": "1"}), 200]
    endpoint.behave = lambda request: answers.pop(0)
    host = load(endpoint.url, ["live.started"], longest_retry_ms=2000)
    begin = time.monotonic()
    ticket = started(host)
    host.run_until(lambda: ticket in host.answers)
    assert time.monotonic() - begin > 0.9


def test_the_self_test_is_well(load, endpoint):
    host = load(endpoint.url)
    error = abi.ctypes.create_string_buffer(256)
    assert host.descriptor.self_test(host.instance, error, 256) == 0


def test_streams_events_have_room_for_as_many_as_the_hub_keeps(load, endpoint):
    gate = threading.Event()
    endpoint.behave = lambda request: gate.wait(10) and 200
    host = load(endpoint.url, ["live.started"], queue=1, drain_ms=0)
    tickets = [started(host, number=number) for number in range(1 + 1024)]
    assert not any(ticket in host.answers for ticket in tickets)
    assert host.answers[started(host, number=5000)]["verdict"] == abi.ALLOW
    assert host.counters["lost"] == 1
    gate.set()

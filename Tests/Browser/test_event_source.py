# SPDX-License-Identifier: Apache-2.0
"""A channel through a browser's own EventSource, which comes back by itself."""

from tally_server import TallyServer


def test_an_event_source_misses_nothing_when_its_worker_dies(browser):
    server = TallyServer("--demo", workers=1)
    try:
        server.run("stream", "start", "source")
        page = browser.open(server.url)
        page.evaluate(
            """(() => {
                window.texts = []; window.recovered = [];
                const source = new EventSource("/channels/live:source");
                source.onmessage = (event) => {
                    for (const line of event.data.split("\\n")) {
                        const { push } = JSON.parse(line);
                        const missed = push.subscribe?.publications ?? [];
                        for (const { data } of push.pub ? [push.pub] : missed)
                            if (data.text) window.texts.push(data.text);
                        if (push.subscribe) window.recovered.push(push.subscribe.recovered ?? null);
                    }
                };
            })()"""
        )
        page.wait_for("window.recovered.length === 1")
        server.run("say", "source", "before", "--user", "ana")
        page.wait_for("window.texts.includes('before')")
        server.kill("worker")
        server.run("say", "source", "after", "--user", "bob")
        page.wait_for("window.texts.includes('after')")
        assert page.evaluate("window.texts") == ["before", "after"]
        recovered = page.evaluate("window.recovered")
        assert recovered[0] is None and recovered[1:] and all(recovered[1:])
    finally:
        server.stop()

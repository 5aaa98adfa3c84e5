# SPDX-License-Identifier: Apache-2.0
"""The page at `/` in a real browser. Screenshots for a person: .build/screenshots/."""

import json
import urllib.error
import urllib.request

import pytest

from tally_server import ROOT, TallyServer

SCREENSHOTS = ROOT / ".build/screenshots"
PHONE = {"width": 360, "height": 740}


def fetch(url, **headers):
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=15)


def go_live(page, title):
    page.wait_for_text(".studio .link", "Connected")
    page.type("#studio-title", title)
    page.click("[data-part=go]")
    page.wait_for_text(".sign", "On air")


def say(page, text):
    page.type("#viewer-text", text)
    page.press_enter()


def texts(page, half):
    """The comments that a half shows as arrived, in order."""
    return page.evaluate(
        f"[...document.querySelectorAll('.{half} .comment:not(.is-pending) .text')]"
        ".map((text) => text.textContent)"
    )


def test_a_broadcast_from_start_to_end(server, browser):
    studio = browser.open(server.url + "?stream=whole")
    viewer = browser.open(server.url + "?stream=whole&view=viewer&user=Ana", **PHONE)
    studio.wait_for_text(".sign", "Off air")
    viewer.wait_for_text(".lamp", "Offline")
    studio.screenshot(SCREENSHOTS / "1-off-air.png")

    go_live(studio, "How lighthouses work")
    viewer.wait_for_text(".lamp", "Live")
    viewer.wait_for_text(".stage-title", "How lighthouses work")
    # The studio's own connection, the viewer beside it, and Ana.
    studio.wait_for_text(".figures [data-part=viewers]", "3")
    viewer.wait_for_text(".watching", "3")

    say(viewer, "Good morning from Lisbon")
    studio.wait_for_text(".studio .text", "Good morning from Lisbon")
    studio.wait_for_text(".viewer .text", "Good morning from Lisbon")
    say(studio, "Which one is that on the cliff?")
    viewer.wait_for_text(".text", "Which one is that on the cliff?")
    say(viewer, "<img src=x onerror=alert(1)> is only text")
    for page, half in (studio, "studio"), (studio, "viewer"), (viewer, "viewer"):
        page.wait_for_text(f".{half} .text", "<img src=x onerror=alert(1)> is only text")
    assert texts(studio, "studio") == texts(studio, "viewer") == texts(viewer, "viewer")
    studio.screenshot(SCREENSHOTS / "2-on-air.png")
    viewer.screenshot(SCREENSHOTS / "3-viewer-phone.png")

    studio.click("[data-part=end]")
    studio.wait_for_text("[data-part=end]", "Press again")
    studio.click("[data-part=end]")
    studio.wait_for_text(".sign", "Off air")
    viewer.wait_for_text(".said", "The broadcast has ended")
    assert viewer.evaluate("document.querySelector('#viewer-text').disabled")
    assert studio.complaints() == viewer.complaints() == []


def test_a_moderator_deletes_times_out_and_slows(server, browser):
    studio = browser.open(server.url + "?stream=moderated&view=studio", scheme="dark")
    go_live(studio, "Moderated")
    viewer = browser.open(server.url + "?stream=moderated&view=viewer&user=Ben", **PHONE)
    viewer.wait_for_text(".lamp", "Live")
    say(viewer, "something rude")
    studio.wait_for_text(".text", "something rude")

    act = lambda name: studio.evaluate(
        f"""[...document.querySelectorAll('.actions button')]
            .find((button) => button.textContent.startsWith({json.dumps(name)})).id = 'act'"""
    )
    studio.click(".comment .menu")
    act("Time out")
    studio.screenshot(SCREENSHOTS / "4-studio-dark.png")
    studio.click("#act")
    studio.wait_for_text(".muted li", "Ben")
    say(viewer, "am I still here?")
    viewer.wait_for_text(".notice", "cannot comment")
    assert viewer.evaluate("document.querySelector('#viewer-text').value") == "am I still here?"
    studio.click(".muted li button")
    studio.wait_for("document.querySelector('.muted').hidden")
    viewer.press_enter()
    studio.wait_for_text(".text", "am I still here?")

    studio.evaluate("document.querySelector('#act').removeAttribute('id')")
    studio.click(".comment .menu")
    act("Delete")
    studio.click("#act")
    viewer.wait_for_text(".is-removed .text", "Comment removed")
    assert "something rude" not in viewer.evaluate("document.body.innerHTML")

    studio.evaluate(
        """(() => {
            const slow = document.querySelector('.slow select');
            slow.value = '30';
            slow.dispatchEvent(new Event('change', { bubbles: true }));
        })()"""
    )
    viewer.wait_for_text(".slow", "30 s")
    assert studio.complaints() == viewer.complaints() == []


def test_no_comment_is_lost_when_workers_die(server, browser):
    studio = browser.open(server.url + "?stream=killed&view=studio")
    go_live(studio, "Through thick and thin")
    viewer = browser.open(server.url + "?stream=killed&view=viewer&user=Ana")
    viewer.wait_for_text(".lamp", "Live")
    say(viewer, "before")
    studio.wait_for_text(".text", "before")
    said = ["before"]
    for index in range(3):
        server.kill("worker", index)
        # Whether or not this was the viewer's worker, what is written now must arrive.
        said.append(f"worker {index} is gone")
        say(viewer, said[-1])
    for page in (studio, viewer):
        page.wait_for_text(".comment:not(.is-pending) .text", said[-1])
        page.wait_for_text(".link", "Connected")
    assert texts(studio, "studio") == texts(viewer, "viewer") == said
    studio.wait_for_text(".sign", "On air")
    assert studio.complaints() == viewer.complaints() == []


def test_the_page_comes_back_after_the_hub(server, browser):
    studio = browser.open(server.url + "?stream=hub&view=studio")
    studio.wait_for_text(".link", "Connected")
    server.kill("hub")
    go_live(studio, "After the hub")
    viewer = browser.open(server.url + "?stream=hub&view=viewer&user=Ana")
    viewer.wait_for_text(".lamp", "Live")
    say(viewer, "all is well")
    studio.wait_for_text(".text", "all is well")


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1600])
def test_nothing_sticks_out_at_any_width(server, browser, width):
    page = browser.open(server.url + "?stream=wide", width=width, height=800)
    page.wait_for_text(".viewer .link", "Connected")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(SCREENSHOTS / f"5-width-{width}.png")


def test_every_control_has_a_name(server, browser):
    page = browser.open(server.url + "?stream=names")
    go_live(page, "Names")
    page.wait_for_text(".viewer .lamp", "Live")
    say(page, "a comment with a menu")
    page.wait_for_text(".studio .text", "a comment with a menu")
    page.call("Accessibility.enable")
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    controls = ("button", "textbox", "combobox", "link", "log")
    value = lambda node, key: node.get(key, {}).get("value", "")
    nameless = [
        node
        for node in tree
        if value(node, "role") in controls and not node["ignored"] and not value(node, "name")
    ]
    assert nameless == []


def test_a_server_without_demo_asks_for_a_token(browser):
    server = TallyServer(workers=1)
    try:
        page = browser.open(server.url + "?stream=token")
        page.wait_for("!document.querySelector('.studio .token').hidden")
        page.wait_for_text(".viewer .link", "Connected")  # a guest may watch
        page.wait_for("!document.querySelector('.viewer .token').hidden")
        page.screenshot(SCREENSHOTS / "6-token.png")
        page.type("#studio-token", server.token("sam", "sub,pub,hst,prs,ctl,mod"))
        page.press_enter()
        go_live(page, "With a token")
        page.wait_for_text(".viewer .lamp", "Live")
        page.type("#viewer-token", server.token("ana", "sub,pub,hst"))
        page.press_enter()
        page.wait_for("document.querySelector('.viewer .token').hidden")
        say(page, "signed in")
        page.wait_for_text(".studio .text", "signed in")
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(server.url + "demo/token?user=eve&role=studio&stream=token")
        assert refused.value.code == 404
    finally:
        server.stop()


def test_files_come_with_type_and_tag(server):
    for path, kind in {
        "": "text/html; charset=utf-8",
        "page/studio.css": "text/css; charset=utf-8",
        "page/main.js": "text/javascript; charset=utf-8",
        "page/favicon.svg": "image/svg+xml",
    }.items():
        answer = fetch(server.url + path)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        with pytest.raises(urllib.error.HTTPError) as same:
            fetch(server.url + path, **{"If-None-Match": answer.headers["ETag"]})
        assert same.value.code == 304

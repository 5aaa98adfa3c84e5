# SPDX-License-Identifier: Apache-2.0

import pytest

from tally_server import TallyServer


@pytest.fixture(scope="module")
def server():
    """One demo server for the tests of a file: each test has streams of its own."""
    server = TallyServer("--demo")
    yield server
    server.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows what the server said beside the failure that it may explain."""
    report = yield
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and server is not None:
        report.sections.append(("the server's log", server.log()[-8000:]))
    return report


def pytest_terminal_summary(terminalreporter):
    count = lambda outcome: len(terminalreporter.stats.get(outcome, []))
    failed = count("failed") + count("error")
    terminalreporter.write_line(f"python: {count('passed')} passed, {failed} failed")

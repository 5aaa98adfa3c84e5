# SPDX-License-Identifier: Apache-2.0

import pytest

from chain import Chain


@pytest.fixture
def chain():
    """nginx in front of a Tally of the test's own, which is killed and restarted."""
    chain = Chain()
    yield chain
    chain.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows what both servers said beside the failure that it may explain."""
    report = yield
    chain = getattr(item, "funcargs", {}).get("chain")
    if report.failed and chain is not None:
        report.sections.append(("tally's log", chain.server.log()[-8000:]))
        report.sections.append(("nginx's log", chain.media.log()[-8000:]))
    return report

# SPDX-License-Identifier: Apache-2.0

import pytest

from chromium import Chromium


@pytest.fixture(scope="module")
def browser():
    browser = Chromium()
    yield browser
    browser.close()

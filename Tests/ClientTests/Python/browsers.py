"""The browser that a test's arguments name."""
from chromium import Chromium
from firefox import Firefox

BROWSERS = {"chromium": Chromium, "firefox": Firefox}


def browser(name):
    """One browser process, ready; use it with `with`."""
    return BROWSERS[name]()

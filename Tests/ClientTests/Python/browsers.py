"""Starts a browser by its name."""
from chromium import Chromium
from firefox import Firefox

BROWSERS = {"chromium": Chromium, "firefox": Firefox}


def browser(name):
    """Starts a browser process; use the result in a `with` statement."""
    return BROWSERS[name]()

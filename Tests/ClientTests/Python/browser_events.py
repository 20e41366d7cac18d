"""EventSource of a browser against the site of EventSite.swift: browser_events.py ADDRESS BROWSER."""
import sys

from browsers import browser as start

address, name = sys.argv[1:3]

TOOLS = """
globalThis.check = (is, what) => { if (!is) throw new Error(`not so: ${what}`); };
globalThis.until = async (is, what) => {
    for (let round = 0; round < 500; round += 1) {
        if (is()) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not within ten seconds: ${what()}`);
};
globalThis.heard = (source, type = "message") => {
    const events = [];
    source.addEventListener(type, (event) => events.push([event.lastEventId, event.data]));
    return events;
};
"""

TESTS = {
    "each event is received once over several connections, until the server answers 204": """
        const source = new EventSource("/count");
        let opens = 0;
        source.addEventListener("open", () => opens += 1);
        const events = heard(source, "count");
        const others = heard(source);
        await until(() => source.readyState === EventSource.CLOSED, () => JSON.stringify(events));
        const wanted = Array.from({ length: 10 }, (_, index) => [`${index + 1}`, `number\\n${index + 1} ü`]);
        check(JSON.stringify(events) === JSON.stringify(wanted), JSON.stringify(events));
        check(others.length === 0 && opens === 4, `${others} ${opens}`);
    """,
    "the browser reconnects with the last identifier after a cut": """
        const source = new EventSource("/cut");
        const events = heard(source);
        await until(() => events.length === 2, () => JSON.stringify(events));
        check(JSON.stringify(events) === JSON.stringify([["é1", "none"], ["é1", "é1"]]), JSON.stringify(events));
        source.close();
    """,
    "a restarted server learns the last identifier, and heartbeats are no events": """
        const source = new EventSource("/live");
        const events = heard(source);
        await until(() => events.length === 1, () => JSON.stringify(events));
        await new Promise((resolve) => setTimeout(resolve, 300));
        await fetch("/restart", { method: "POST" });
        await until(() => events.length === 2, () => `${source.readyState} ${JSON.stringify(events)}`);
        const wanted = [["g1", "1 behind none"], ["g2", "2 behind g1"]];
        check(JSON.stringify(events) === JSON.stringify(wanted), JSON.stringify(events));
        source.close();
    """,
}

with start(name) as browser:
    page = browser.page(address)
    page.run(TOOLS)
    for rule, body in TESTS.items():
        try:
            page.run("(async () => {%s})()" % body)
        except RuntimeError as error:
            raise AssertionError(f"{rule}: {error}")

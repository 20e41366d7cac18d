import GustHTTP
import HTTPTypes

/// The script that reloads a page, and the element that loads it.
enum ReloadScript {
    /// The path of the script.
    static let path = "/_gust/reload.js"
    /// The path of the events that the script waits for.
    static let eventsPath = "/_gust/events"

    /// The element, for a page that `process` has made.
    ///
    /// - Parameters:
    ///   - process: The name of the process.
    ///   - policy: The content security policy of the page, whose nonce the element repeats.
    /// - Returns: The text of the element.
    static func element(_ process: String, policy: String?) -> String {
        let nonce = policy.flatMap { Self.nonce(in: $0) }.map { " nonce=\"\(ErrorReportPage.escaped($0))\"" } ?? ""
        return "<script src=\"\(path)\" data-process=\"\(process)\"\(nonce)></script>"
    }

    /// The first nonce of a policy (CSP3 §2.3.1).
    static func nonce(in policy: String) -> String? {
        let bytes = Array(policy.utf8)
        let mark = Array("'nonce-".utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        return String(decoding: bytes[(start + mark.count)...].prefix { $0 != UInt8(ascii: "'") }, as: UTF8.self)
    }

    /// The script.
    ///
    /// It has no connection while its tab is hidden: a browser opens six connections to a host, and the tabs of a developer are many. If a page
    /// comes from a cache, it is reloaded once for a new process, and not for ever.
    static let text = """
        (() => {
            "use strict";
            if (window.gustReload) return;
            window.gustReload = true;
            const script = document.currentScript;
            const made = script.dataset.process;
            const url = new URL("events", script.src);
            let source, timer, note;

            function show(text) {
                if (!text) { if (note) note.remove(); note = undefined; return; }
                if (!note) {
                    note = document.createElement("pre");
                    note.id = "gust-note";
                    Object.assign(note.style, {
                        position: "fixed", left: "1rem", right: "1rem", bottom: "1rem", zIndex: 2147483647, margin: 0,
                        padding: "1rem", maxHeight: "60vh", overflow: "auto", whiteSpace: "pre-wrap",
                        font: "13px/1.5 ui-monospace, monospace", color: "#fff", background: "#8c1d2f", borderRadius: "6px",
                    });
                    document.documentElement.append(note);
                }
                note.textContent = text;
            }

            function changed(path) {
                if (!/\\.css$/.test(path)) return location.reload();
                const name = path.split("/").pop();
                const links = [...document.querySelectorAll('link[rel~="stylesheet"]')].filter(
                    (link) => new URL(link.href).pathname.split("/").pop() === name);
                if (!links.length) return location.reload();
                for (const link of links) {
                    const fresh = new URL(link.href);
                    fresh.searchParams.set("gust", Date.now());
                    link.href = fresh;
                }
            }

            function open() {
                clearTimeout(timer);
                if (source || document.visibilityState === "hidden") return;
                source = new EventSource(url);
                source.addEventListener("process", (event) => {
                    show("");
                    if (event.data === made) return;
                    try {
                        if (sessionStorage.getItem("gust-process") === event.data) return;
                        sessionStorage.setItem("gust-process", event.data);
                    } catch { /* A page without storage is reloaded without this guard. */ }
                    location.reload();
                });
                source.addEventListener("changed", (event) => changed(event.data));
                source.addEventListener("building", () => show("Building …"));
                source.addEventListener("failed", (event) => show(event.data));
                source.addEventListener("error", () => {
                    if (source.readyState !== EventSource.CLOSED) return;
                    close();
                    timer = setTimeout(open, 1000);
                });
            }

            function close() {
                clearTimeout(timer);
                if (source) source.close();
                source = undefined;
            }

            document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" ? close() : open());
            addEventListener("pagehide", close);
            addEventListener("pageshow", open);
            open();
        })();

        """
}

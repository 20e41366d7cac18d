// The middleware `Sessions` makes them; `import Gust` doesn't make them available.
@_exported public import GustSessions

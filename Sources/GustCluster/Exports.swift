// An adapter of a cluster is written with these types, which `import Gust` doesn't make available.
@_exported public import GustAdapter

// A directory of nodes is written with these types.
@_exported public import GustCluster

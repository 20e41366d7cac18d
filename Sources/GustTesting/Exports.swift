// A test names the transport of a client, such as `.polling`, with `import GustTesting` alone.
@_exported public import GustClientWire

"""Tools that are built from source, each pinned by a Go module of its own in here."""

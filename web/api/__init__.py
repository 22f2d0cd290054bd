"""The JSON API: what the pages do, for programs that act by a token."""

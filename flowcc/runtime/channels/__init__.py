"""Channels: how batches travel between stages. Read `frame`, `codec`, `channel`, `transport`, `loop` in that order."""

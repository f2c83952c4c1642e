"""What the stages of `pi` need, copied by flowcc from pi.py."""


def hits(seed: int, darts: int) -> int:
    """Count darts inside the unit circle, from a 64-bit linear congruential generator."""
    state, inside = seed * 2654435761 % 2**32, 0
    for _ in range(darts):
        state = (1664525 * state + 1013904223) % 2**32
        x = state / 2**32
        state = (1664525 * state + 1013904223) % 2**32
        y = state / 2**32
        inside += x * x + y * y <= 1.0
    return inside

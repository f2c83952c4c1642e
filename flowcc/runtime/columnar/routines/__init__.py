"""The loops that operators run over arrays: plain functions of whole numbers and arrays, which Numba compiles as C."""

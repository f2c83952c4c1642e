"""The same questions answered by others, written the way each of them recommends."""

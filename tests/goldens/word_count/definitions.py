"""What the stages of `word_count` need, copied by flowcc from word_count.py."""

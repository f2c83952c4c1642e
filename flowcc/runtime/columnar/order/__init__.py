"""Sorting: the order of a column's items as whole numbers that compare as the items do."""

from flowcc import Batch, group


def before(xs: Batch[tuple[int, int]]) -> dict[int, tuple[int, int, float]]:
    sold = group(xs, by=lambda sale: sale[0] % 2)
    return {
        day: (sum(amount for _, amount in sales), len(sales), max([amount for _, amount in sales]))
        for day, sales in sold.items()
    }

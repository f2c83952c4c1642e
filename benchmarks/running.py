"""What state under a key costs, item by item."""

from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.peers import bytewax, numba
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_numbers
from flowcc import Batch, flow, scan

ACCOUNTS = 100_000


class Payment(NamedTuple):
    """Money into an account or out of it."""

    key: int
    value: int


def settle(balance: int, payment: Payment) -> tuple[int, int]:
    """Book a payment unless it would overdraw the account; the balance is both the state and what is given."""
    after = balance + payment.value
    if after < 0:
        return balance, balance
    return after, after


@flow
def balances(payments: Batch[Payment]) -> Batch[int]:
    """Return the balance of the account after each payment."""
    return scan(settle, payments, 0, by=lambda payment: payment.key)


def prepare(size: int, folder: Path) -> data.Keyed:
    """Return payments on 100,000 accounts, fewer when there are few payments."""
    return data.keyed(size, min(ACCOUNTS, max(1, size // 10)), seed=8)


def start_flow(payments: data.Keyed) -> Answer:
    """An Arrow table in, a sequence over columns out."""
    table = payments.table
    return lambda: balances(table)


def start_plain(payments: data.Keyed) -> Answer:
    """The undecorated function, on a list of named tuples."""
    items = list(map(Payment, payments.key.tolist(), payments.value.tolist()))
    return lambda: balances.plain(items)


ROW = Row(
    name="running",
    title="Keyed running state, 10 M items",
    questions=(
        Question(
            name="running",
            title="the balance of each account after each payment",
            sizes={"full": 10_000_000, "quick": 200_000, "tiny": 1_000},
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="hand-written Numba", start=numba.running_state, note="open addressing over arrays"),
                Contender(
                    name="Numba, dense keys",
                    start=numba.running_state_dense,
                    note="told that keys are small: an array instead of a hash table",
                ),
                Contender(name="bytewax", start=bytewax.running_state, share=0.02, ordered=False),
            ),
            goals=(Goal(against=("hand-written Numba",), at_least=0.7), Goal(against=("bytewax",), at_least=100)),
            summary=of_numbers,
            flow=balances,
        ),
    ),
)

"""The clocks of core/clocks.py as SQL. `{now}` in an expression is the instant of the query (store/selection.py)."""

NOW = "{now}"


def since(start: str, end: str = NOW) -> str:
    """Whole milliseconds from `start` to `end`; 0 where `end` is not later."""
    return f"greatest(0, floor(extract(epoch from {end} - {start}) * 1000))::bigint"


def live(alias: str) -> str:
    """From the first start until the end or now, pauses included; 0 where nothing started."""
    return f"(case when {alias}.started_at is null then 0 else {_lasted(alias, 'started_at')} end)"


def pipeline(alias: str) -> str:
    """From being reached until the end or now, waiting included."""
    return f"({_lasted(alias, 'created_at')})"


def _lasted(alias: str, start: str) -> str:
    return since(f"{alias}.{start}", f"coalesce({alias}.ended_at, {NOW})")

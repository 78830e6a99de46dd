"""How a measurement tells what it found: one line a figure, in columns."""


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def row(name: str, *cells: object) -> None:
    print(f"{name:<44}" + "".join(f"{cell!s:>16}" for cell in cells), flush=True)


def say(text: str) -> None:
    print(text, flush=True)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

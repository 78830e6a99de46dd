"""The shape of a workflow: which task can come after which."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from casework.core.definition import END, Definition, Task

Edges = Mapping[str, tuple[str, ...]]
"""The targets of each task."""


class Reach(Mapping[str, frozenset[str]]):
    """For each task the tasks that one or more transitions lead to: itself only where a loop leads back.

    Kept as bits and turned into a set when first asked for: the sets of thousands of tasks would fill the memory, and
    a join asks for a few.
    """

    __slots__ = ("_bits", "_keys", "_sets")

    def __init__(self, keys: tuple[str, ...], bits: Mapping[str, int]) -> None:
        self._keys: Final = keys
        self._bits: Final = bits
        self._sets: Final[dict[str, frozenset[str]]] = {}

    def __getitem__(self, key: str) -> frozenset[str]:
        found = self._sets.get(key)
        if found is None:
            bits = self._bits[key]
            found = self._sets[key] = frozenset(other for i, other in enumerate(self._keys) if bits >> i & 1)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks of a definition and the ways between them, computed once a version.

    `order` holds every task: first those the starts reach, each after those with a way to it, but for the ways that
    lead back within a loop to a task defined earlier (or to itself), and where that leaves a choice as defined; then
    the others, as defined.
    `position` is a task's place in it. `start_reachable` holds the starts and all they reach.
    """

    order: tuple[str, ...]
    position: dict[str, int]
    reach: Reach
    start_reachable: frozenset[str]


def ways(task: Task) -> tuple[str, ...]:
    """The tasks that a step of `task` can lead to, in order of definition, each once; END is none of them."""
    targets = [*(transition.to for transition in task.next), task.otherwise, task.on_error, task.on_timeout]
    targets.append(task.on_overdue.then)
    return tuple(dict.fromkeys(target for target in targets if target is not None and target != END))


def compile_graph(definition: Definition) -> Graph:
    """The graph of a definition. A way to a task that there is not is left out: to refuse it is the parser's."""
    keys = tuple(task.key for task in definition.tasks)
    known = frozenset(keys)
    edges = {task.key: tuple(target for target in ways(task) if target in known) for task in definition.tasks}
    reachable = frozenset(_depth_first((key for key in definition.start if key in edges), edges))
    components = _components(edges)
    order = (*_ordered(edges, reachable, components), *(key for key in keys if key not in reachable))
    return Graph(
        order=order,
        position={key: i for i, key in enumerate(order)},
        reach=Reach(keys, _reach_bits(edges, components)),
        start_reachable=reachable,
    )


def _depth_first(starts: Iterable[str], edges: Edges) -> list[str]:
    """Every task reachable from `starts`, each after those it leads to (loops aside). No recursion: 4,095 may nest."""
    seen: set[str] = set()
    done: list[str] = []
    for start in starts:
        trail = [(start, iter(edges[start]))] if start not in seen else []
        seen.add(start)
        while trail:
            key, rest = trail[-1]
            target = next((target for target in rest if target not in seen), None)
            if target is None:
                done.append(key)
                trail.pop()
            else:
                seen.add(target)
                trail.append((target, iter(edges[target])))
    return done


def _components(edges: Edges) -> dict[str, int]:
    """The number of each task's loop (Kosaraju): equal where each leads to the other, and rising along every way."""
    back: dict[str, list[str]] = {key: [] for key in edges}
    for key, targets in edges.items():
        for target in targets:
            back[target].append(key)
    component: dict[str, int] = {}
    for number, root in enumerate(reversed(_depth_first(edges, edges))):
        rest = [root] if root not in component else []
        while rest:
            key = rest.pop()
            if key not in component:
                component[key] = number
                rest.extend(back[key])
    return component


def _reach_bits(edges: Edges, component: Mapping[str, int]) -> dict[str, int]:
    """For each task the tasks it reaches, as the bits of their places in `edges`."""
    bit = {key: 1 << i for i, key in enumerate(edges)}
    reached: dict[int, int] = {}
    # From the last component back: what lies behind a way out of a component is then known.
    for key in sorted(edges, key=component.__getitem__, reverse=True):
        own = component[key]
        for target in edges[key]:
            reached[own] = reached.get(own, 0) | bit[target] | reached.get(component[target], 0)
    return {key: reached.get(component[key], 0) for key in edges}


def _ordered(edges: Edges, reachable: frozenset[str], component: Mapping[str, int]) -> Iterator[str]:
    """The reachable tasks in topological order, without the ways that lead back within a loop."""
    keys = list(edges)
    place = {key: i for i, key in enumerate(keys)}
    onward = {
        key: [t for t in edges[key] if component[t] != component[key] or place[t] > place[key]] for key in reachable
    }
    waits_for = dict.fromkeys(reachable, 0)
    for targets in onward.values():
        for target in targets:
            waits_for[target] += 1
    free = [place[key] for key, count in waits_for.items() if count == 0]
    heapq.heapify(free)
    while free:
        key = keys[heapq.heappop(free)]
        yield key
        for target in onward[key]:
            waits_for[target] -= 1
            if waits_for[target] == 0:
                heapq.heappush(free, place[target])

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.definition import END, TASKS_MAX, Definition, Task, Transition
from casework.core.graph import compile_graph, ways


def graph(ways, start=None):
    tasks = tuple(
        Task(key=key, name=key, kind="human", next=tuple(Transition(to=to) for to in targets))
        for key, targets in ways.items()
    )
    return compile_graph(Definition(key="w", name="w", tasks=tasks, start=start or tuple(ways)[:1]))


def test_the_ways_on_are_transitions_otherwise_and_on_error():
    task = Task(
        key="a",
        name="a",
        kind="human",
        next=(Transition(to="b"), Transition(to=END), Transition(to="b", when="true")),
        otherwise="c",
        on_error="d",
    )
    assert ways(task) == ("b", "c", "d")


def test_a_diamond_is_ordered_as_defined():
    result = graph({"a": ["c", "b"], "b": ["d"], "c": ["d"], "d": [END]})
    assert result.order == ("a", "b", "c", "d")
    assert result.position == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert result.reach["a"] == {"b", "c", "d"}
    assert result.reach["b"] == {"d"}
    assert result.reach["d"] == frozenset()
    assert result.start_reachable == {"a", "b", "c", "d"}


def test_a_task_comes_after_all_that_lead_to_it_wherever_it_is_defined():
    assert graph({"a": ["z", "b"], "z": [], "b": ["c"], "c": ["b", "z"]}).order == ("a", "b", "c", "z")


def test_a_loop_is_cut_where_it_leads_back_to_an_earlier_definition():
    result = graph({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": []})
    assert result.order == ("a", "b", "c", "d")
    assert result.reach["c"] == {"a", "b", "c", "d"}
    assert result.reach["d"] == frozenset()
    assert graph({"a": ["a"]}).reach["a"] == {"a"}


def test_what_no_start_reaches_comes_last():
    result = graph({"x": ["b"], "a": ["b"], "b": [], "y": []}, start=("a",))
    assert result.order == ("a", "b", "x", "y")
    assert result.start_reachable == {"a", "b"}
    assert result.reach["x"] == {"b"}


def test_a_way_to_no_task_is_left_out():
    assert graph({"a": ["b", "nowhere"], "b": []}, start=("a", "other")).reach["a"] == {"b"}


def test_reach_is_a_mapping_of_every_task():
    reach = graph({"a": ["b"], "b": []}).reach
    assert dict(reach) == {"a": {"b"}, "b": frozenset()}
    assert len(reach) == 2
    assert reach["a"] is reach["a"]
    with pytest.raises(KeyError):
        reach["c"]


def test_the_largest_workflow_has_its_graph():
    result = graph({f"t{i}": [f"t{i + 1}"] for i in range(TASKS_MAX - 1)} | {f"t{TASKS_MAX - 1}": ["t0"]})
    assert result.order[:3] == ("t0", "t1", "t2")
    assert len(result.reach["t7"]) == TASKS_MAX


_graphs = st.integers(1, 8).flatmap(
    lambda count: st.fixed_dictionaries(
        {f"t{i}": st.lists(st.sampled_from([f"t{j}" for j in range(count)]), max_size=3) for i in range(count)}
    )
)


def walk(edges, starts):
    seen, rest = set(), list(starts)
    while rest:
        key = rest.pop()
        if key not in seen:
            seen.add(key)
            rest.extend(edges[key])
    return seen


@settings(deadline=None)
@given(_graphs, st.integers(0, 7))
def test_reach_and_order_are_what_walking_the_ways_says(edges, start):
    keys = list(edges)
    starts = (keys[start % len(keys)],)
    result = graph(edges, starts)
    assert sorted(result.order) == sorted(keys)
    assert result.start_reachable == walk(edges, starts)
    for key in keys:
        assert result.reach[key] == walk(edges, edges[key])
    reachable = [key for key in result.order if key in result.start_reachable]
    assert list(result.order[: len(reachable)]) == reachable
    for key in reachable:
        for target in edges[key]:
            is_loop = key in result.reach[target]
            assert result.position[key] < result.position[target] or (is_loop and keys.index(target) <= keys.index(key))

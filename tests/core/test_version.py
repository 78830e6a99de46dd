import pytest

from casework.core.condition import ConditionError
from casework.core.definition import Definition, Task, Transition
from casework.core.schema import SchemaProblem
from casework.core.version import compile_version

DEFINITION = Definition(
    key="w",
    name="W",
    start=("a",),
    input={"type": "object", "required": ["x"]},
    output="tasks.b.output",
    indicators={"fast": "run.priority > 50"},
    tasks=(
        Task(
            key="a",
            name="A",
            kind="human",
            form={"required": ["f"]},
            output={"required": ["o"]},
            next=(Transition(to="b", when="output.f"), Transition(to="end")),
            indicators={"right": "output.f == member.x"},
        ),
        Task(key="b", name="B", kind="human", for_each="input.items"),
    ),
)


def test_everything_in_a_version_is_compiled():
    version = compile_version(DEFINITION)
    assert version.definition is DEFINITION
    assert version.task("b").name == "B"
    assert version.graph.order == ("a", "b")
    (first, condition), (second, none) = version.ways("a")
    assert (first.to, second.to, none) == ("b", "end", None)
    assert condition.decide({"output": {"f": True}}).value
    assert version.ways("b") == ()
    assert version.for_each("a") is None
    assert version.for_each("b").value({"input": {"items": [1, 2]}}) == [1, 2]
    assert version.output.value({"tasks": {"b": {"output": 5}}}) == 5
    ((name, expression),) = version.indicators("a")
    assert (name, expression.value({"output": {"f": 1}, "member": {"x": 1}})) == ("right", True)
    assert version.indicators("b") == ()
    assert [name for name, _ in version.run_indicators] == ["fast"]
    assert repr(version) == "Version('w')"


def test_a_version_knows_every_name_that_its_expressions_use_and_the_time_that_a_wait_counts_from():
    assert compile_version(DEFINITION).names == {"tasks", "run", "output", "member", "input"}
    plain = compile_version(Definition(key="p", name="P", start=("a",), tasks=(Task(key="a", name="A", kind="human"),)))
    assert plain.names == frozenset()
    pause = Task(key="a", name="A", kind="wait", settings={"for": "2h"})
    assert compile_version(Definition(key="w", name="W", start=("a",), tasks=(pause,))).names == {"now"}
    assert plain.output is None


def test_input_and_output_are_checked_against_their_schemas():
    version = compile_version(DEFINITION)
    assert [problem.path for problem in version.input_problems({})] == ["/x"]
    assert version.input_problems({"x": 1}) == ()
    assert [problem.path for problem in version.form_problems("a", {})] == ["/f", "/o"]
    assert version.form_problems("b", {}) == ()
    without = compile_version(Definition(key="p", name="P", start=(), tasks=()))
    assert without.input_problems(5) == ()


def test_a_task_that_there_is_not_is_a_key_error():
    version = compile_version(DEFINITION)
    for question in (version.task, version.ways, version.for_each, version.indicators):
        with pytest.raises(KeyError):
            question("nowhere")
    with pytest.raises(KeyError):
        version.form_problems("nowhere", {})


def test_a_definition_that_was_never_parsed_is_refused():
    with pytest.raises(ConditionError):
        compile_version(Definition(key="w", name="W", tasks=(), start=(), output="1 +"))
    with pytest.raises(SchemaProblem):
        compile_version(Definition(key="w", name="W", tasks=(), start=(), input={"type": 5}))

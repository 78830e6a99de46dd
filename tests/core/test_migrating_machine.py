"""Random workflows under random commands that move between random versions: what holds of runs holds of them too."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec.structs import replace

from casework.core.command import Migrate, Restore
from casework.core.decide import decide
from casework.core.decision import Decision
from casework.core.migration import kept
from casework.core.obstacles import OBSTACLES, Immovable
from casework.core.version import compile_version
from tests.core.cases import LEAD
from tests.core.test_machine import EXAMPLES, KEYS, RunMachine, definitions

MAPS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS), max_size=3)


class MigratingMachine(RunMachine):
    """One run that also goes on by other versions, and back."""

    forgotten = ()
    undo = None

    def reload(self):
        """What a run that is loaded anew would not have is there again when it is to move: then all is loaded."""
        before = self.run.steps
        super().reload()
        kept_numbers = {step.number for step in self.run.steps}
        self.forgotten = (*self.forgotten, *(step for step in before if step.number not in kept_numbers))

    def whole(self):
        """The run with all its steps."""
        here = {step.number: step for step in (*self.forgotten, *self.run.steps)}
        return replace(self.run, steps=tuple(step for _, step in sorted(here.items())))

    @precondition(lambda self: hasattr(self, "run"))
    @rule(definition=definitions(), tasks=MAPS, data=st.data(), is_near=st.booleans())
    def migrate(self, definition, tasks, data, is_near):
        before = self.whole()
        if is_near:  # an edit of what it goes by: what is missing there is mapped, lists stay lists
            known = {task.key: task for task in before.version.definition.tasks}
            definition = replace(
                definition,
                tasks=tuple(
                    replace(task, for_each=known[task.key].for_each) if task.key in known else task
                    for task in definition.tasks
                ),
            )
            keys = [task.key for task in definition.tasks]
            gone = sorted({step.task for step in before.live()} - set(keys))
            tasks = {key: data.draw(st.sampled_from(keys)) for key in gone}
        command = Migrate(version=compile_version(definition), number=before.number + 1, migration=1, tasks=tasks)
        decided = decide(before, command, LEAD, self.now)
        if not isinstance(decided, Decision):
            if isinstance(decided.error, Immovable):
                assert decided.error.obstacles
                assert {one.code for one in decided.error.obstacles} <= set(OBSTACLES)
            else:
                assert not before.is_open
            return
        self.apply_whole(before, command)
        was = {step.number: step for step in before.live()}
        assert [event.type for event in decided.events] == ["run.migrated"]
        assert {step.number for step in self.run.live()} == set(was)
        for step in self.run.live():
            old = was[step.number]
            assert step.task == tasks.get(old.task, old.task)
            assert (step.state, step.account_id, step.data, step.uuid) == (
                old.state,
                old.account_id,
                old.data,
                old.uuid,
            )
            assert (self.run.version.task(step.task).for_each is None) is (
                before.version.task(old.task).for_each is None
            )
        self.undo = Restore(version=before.version, number=before.number, migration=1, kept=kept(before, self.run))
        self.apply_undone(before)

    def apply_whole(self, before, command):
        self.run, self.forgotten = before, ()
        self.apply(command, LEAD)

    def apply_undone(self, before):
        """Undone at once, it is as it was."""
        decided = decide(self.run, self.undo, LEAD, self.now)
        assert isinstance(decided, Decision)
        as_before = {"revision": decided.run.revision, "updated_at": decided.run.updated_at}
        steps = tuple(
            replace(step, revision=old.revision) for step, old in zip(decided.run.steps, before.steps, strict=True)
        )
        assert replace(decided.run, steps=steps) == replace(before, **as_before)


MigratingMachine.TestCase.settings = settings(
    max_examples=EXAMPLES // 2,
    stateful_step_count=30,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestMigratingMachine = MigratingMachine.TestCase

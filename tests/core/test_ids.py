"""Ids that follow from what they are of, so that what is done again is the same."""

from uuid import UUID

from casework.core.ids import part_uuid

STEP, OTHER = UUID(int=1), UUID(int=2)


def test_what_is_made_for_a_step_has_the_same_id_each_time_and_another_for_another_part_or_step():
    made = part_uuid(STEP, "call-1 called")
    assert made == part_uuid(STEP, "call-1 called")
    assert len({made, part_uuid(STEP, "call-1 answered"), part_uuid(OTHER, "call-1 called"), STEP}) == 4

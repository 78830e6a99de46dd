"""What is sealed opens with the right key in the right place, and in no other way."""

import stat
from base64 import b64encode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from casework.keyring import DataKey, Keyring, Sealed, file_in, keep, new_key_text

OLD, NEW = new_key_text(), new_key_text()


def key_of(keyring: Keyring, workspace_id: int = 1) -> DataKey:
    return keyring.unwrap(keyring.new_data_key(workspace_id), workspace_id)


def test_what_is_sealed_opens_in_its_place_alone():
    key = key_of(Keyring.parse(NEW))
    sealed = key.seal("pâte à choux", "secret", "crm")
    assert key.open(sealed, "secret", "crm") == "pâte à choux"
    for place in (("secret", "erp"), ("webhook", "crm"), ("secretcrm",), ("secret",), ()):
        with pytest.raises(Sealed):
            key.open(sealed, *place)


def test_no_two_seals_are_alike():
    key = key_of(Keyring.parse(NEW))
    assert key.seal("x", "a") != key.seal("x", "a")


@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_a_byte_that_changed_is_noticed(at: int):
    key = key_of(Keyring.parse(NEW))
    sealed = bytearray(key.seal("some value", "a"))
    sealed[at] ^= 1
    if at == 0:
        with pytest.raises(Sealed):
            key.open(bytes(sealed[1:]), "a")
    else:
        with pytest.raises(Sealed):
            key.open(bytes(sealed), "a")


def test_a_data_key_opens_for_its_workspace_alone():
    keyring = Keyring.parse(NEW)
    kept = keyring.new_data_key(1)
    with pytest.raises(Sealed):
        keyring.unwrap(kept, 2)
    sealed = keyring.unwrap(kept, 1).seal("x", "a")
    with pytest.raises(Sealed):
        key_of(keyring, 1).open(sealed, "a")


def test_the_first_key_wraps_and_every_one_unwraps():
    old, both, new = Keyring.parse(OLD), Keyring.parse(f"{NEW}, {OLD}"), Keyring.parse(NEW)
    kept = old.new_data_key(1)
    sealed = old.unwrap(kept, 1).seal("x", "a")
    assert both.unwrap(kept, 1).open(sealed, "a") == "x"
    with pytest.raises(Sealed, match="not on the keyring"):
        new.unwrap(kept, 1)

    anew = both.rewrap(kept, 1)

    assert new.unwrap(anew, 1).open(sealed, "a") == "x"
    with pytest.raises(Sealed):
        old.unwrap(anew, 1)
    with pytest.raises(Sealed):
        both.unwrap(msgspec.structs.replace(anew, key_id=old.first_id), 1)


def test_keys_are_read_in_either_alphabet_and_apart_in_any_way():
    raw = bytes(range(224, 256))
    texts = [b64encode(raw).decode(), urlsafe_b64encode(raw).decode()]
    assert len({Keyring.parse(text).first_id for text in texts}) == 1
    assert Keyring.parse(f" {texts[0]}\n{NEW},,").first_id == Keyring.parse(texts[1]).first_id


@pytest.mark.parametrize(
    "text",
    ["", " , ", "password", "c2hvcnQ=", NEW[:-4], f"{NEW} hunter2"],
    ids=["empty", "commas", "a word", "too short", "cut off", "one of two"],
)
def test_what_is_no_key_is_refused_without_being_told(text: str):
    with pytest.raises(ValueError, match="key") as refused:
        Keyring.parse(text)
    assert "hunter2" not in str(refused.value)


def test_a_file_is_made_once_for_its_owner_alone(tmp_path: Path):
    path = file_in(tmp_path / "new" / "place")
    with ThreadPoolExecutor(16) as pool:
        for made in [pool.submit(keep, path) for _ in range(64)]:
            made.result()
    first = path.read_text()
    assert Keyring.parse(first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keep(path)
    assert path.read_text() == first
    assert [one.name for one in path.parent.iterdir()] == [path.name]

"""Whose constituent: the official file when it is loaded, the rough guide otherwise, and never a refusal on a guess."""

import argparse
from pathlib import Path

import pytest

from bot.cases.constituency import FILE, PostcodeFileWrong, by_guide, load_file, look_up
from bot.commands import postcodes

ONSPD = "pcd,pcd2,pcds,dointr,doterm,pcon,lat\n"


@pytest.mark.parametrize(
    ("postcode", "result"),
    [("SK3 8AB", "likely"), ("SK4 1AA", "likely"), ("SK5 6AA", "likely"), ("SK1 3XE", "likely"), ("SK2 5AA", "to_check"),
     ("SK7 1AA", "to_check"), ("SK8 4AA", "to_check"), ("M19 3AA", "to_check"), ("SW1A 1AA", "no"), ("SK10 1AA", "no")],
)  # fmt: skip
def test_the_guide_tells_by_district_and_is_never_sure(postcode: str, result: str) -> None:
    assert by_guide(postcode).result == result
    assert by_guide(postcode).source == "guide"


def test_the_loaded_file_decides(tmp_path: Path) -> None:
    source = tmp_path / "ONSPD.csv"
    source.write_text(
        ONSPD + "SK3 8AB,SK3  8AB,SK3 8AB,198001,,E14001517,53\nSK2 5AA,,SK2 5AA,198001,,E14001277,53\n"
        "SK6 1AA,,SK6 1AA,198001,,E14001158,53\nSK1 1AA,,SK1 1AA,198001,200001,E14001517,53\nSK9 9ZZ,,SK9 9ZZ,198001,,,53\n",
        encoding="utf-8",
    )  # fmt: skip
    target = tmp_path / FILE
    assert load_file(source, target) == 3
    assert (look_up("SK3 8AB", target).result, look_up("SK3 8AB", target).source) == ("yes", "file")
    assert (look_up("SK2 5AA", target).result, look_up("SK2 5AA", target).name) == ("no", "Hazel Grove")
    assert look_up("SK6 1AA", target).name == "Cheadle"
    assert look_up("SK1 1AA", target).source == "guide"
    assert look_up("SK4 4QQ", target).result == "likely"


def test_the_newer_column_counts_in_a_file_that_has_both(tmp_path: Path) -> None:
    source = tmp_path / "nspl.csv"
    source.write_text("pcds,pcon19cd,pcon24cd\nSK5 6AA,E14000656,E14001517\n", encoding="utf-8-sig")
    load_file(source, tmp_path / FILE)
    assert look_up("SK5 6AA", tmp_path / FILE).result == "yes"


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "pcds,pcon\n", "pcds,pcon\nnonsense,E14001517\n"])
def test_a_file_that_cannot_be_used_says_so_and_leaves_the_old_one(content: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("pcds,pcon\nSK3 8AB,E14001517\n", encoding="utf-8")
    bad.write_text(content, encoding="utf-8")
    load_file(good, tmp_path / FILE)
    with pytest.raises(PostcodeFileWrong, match="Mend"):
        load_file(bad, tmp_path / FILE)
    assert look_up("SK3 8AB", tmp_path / FILE).result == "yes"


def test_a_broken_look_up_file_falls_back_to_the_guide(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all")
    assert look_up("SK3 8AB", tmp_path / FILE).source == "guide"


def test_the_command_loads_a_file_and_refuses_a_bad_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    source = tmp_path / "file.csv"
    source.write_text("pcds,pcon\nSK3 8AB,E14001517\n", encoding="utf-8")
    assert postcodes.run(argparse.Namespace(file=source)) == 0
    assert "1 postcodes loaded" in capsys.readouterr().out
    assert postcodes.run(argparse.Namespace(file=tmp_path / "missing.csv")) == 1

"""A slip of the finger is read as the known word; what is known, short or far from everything stays. Pure."""

from bot.nlu.spelling import mender

mend = mender({"refused": 2.0, "assess": 1.5, "plan": 1.0, "plane": 9.0, "form": 3.0, "from": 1.0})


def test_two_letters_changed_over_one_too_few_one_too_many_and_a_wrong_one_are_mended() -> None:
    assert mend("they refuesd to asess, refusedd and asxess") == "they refused to assess, refused and assess"


def test_known_words_stay_even_where_a_commoner_one_is_near() -> None:
    assert mend("the form") == "the form"


def test_the_commoner_of_two_near_words_wins() -> None:
    assert mend("planx") == "plan"


def test_short_words_and_words_far_from_all_others_stay() -> None:
    assert mend("pln ehcp quokka 🙂") == "pln ehcp quokka 🙂"

"""From where one may answer a call: the countries of the day, and no other question."""

from datetime import date

import pytest

from flask_maillage.publications.eligibility import eligible_countries, is_eligible
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.territory import unions

SEED = CallDetails(territories=("EU", "EU-candidate"), eligible_on=date(2020, 1, 13))


@pytest.mark.parametrize(
    ("day", "members", "candidates"),
    [
        (date(2004, 4, 30), 15, None),
        (date(2004, 5, 1), 25, 3),
        (date(2007, 1, 1), 27, 3),
        (date(2013, 6, 30), 27, 6),
        (date(2013, 7, 1), 28, 5),
        (date(2020, 1, 13), 28, 5),
        (date(2020, 1, 31), 28, 5),
        (date(2020, 2, 1), 27, 5),
        (date(2024, 1, 1), 27, 9),
    ],
)
def test_union_has_the_members_of_its_day(day, members, candidates):
    assert len(unions.countries("EU", day)) == members
    if candidates is not None:
        assert len(unions.countries("EU-candidate", day)) == candidates
    assert not set(unions.countries("EU", day)) & set(unions.countries("EU-candidate", day))


@pytest.mark.parametrize(
    ("country", "may"),
    [("GB", True), ("BE", True), ("RS", True), ("TR", True), ("UA", False), ("US", False), ("IS", False)],
)
def test_on_the_last_day_of_the_seed_the_united_kingdom_was_a_member_and_ukraine_no_candidate(country, may):
    assert is_eligible(SEED, country) is may


def test_a_territory_of_its_own_words_is_for_people_to_judge():
    alps = SEED.model_copy(update={"territories": ("EU", "The Alps")})
    assert is_eligible(alps, "BE") is True
    assert is_eligible(alps, "CH") is None
    assert is_eligible(CallDetails(territories=("FR",)), "FR") is True
    assert is_eligible(CallDetails(), "US") is True
    assert is_eligible(CallDetails(territories=("EU",)), "BE") is None
    assert list(eligible_countries(alps)) == ["EU"]

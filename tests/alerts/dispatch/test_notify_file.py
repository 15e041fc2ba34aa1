"""What notify.toml means, and that its faults are said by their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.dispatch.notify_file import read_notify_file, read_notify_text
from alerts.dispatch.plans import BUILT_IN
from plant.errors import Misconfigured
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity

NOTICE = Notice(
    subject=NoticeSubject.ORDER,
    subject_id="WO-000001",
    severity=Severity.MAJOR,
    title=Bilingual(en="x", zh="x"),
    site="demo",
    team="seals",
)
WAY = '[way.mqtt]\nkind = "mqtt"\n'
PLAN = '[[plan]]\nname = "a"\nsteps = [{ ways = ["mqtt"] }]\n'


def test_the_first_plan_that_fits_is_the_one() -> None:
    text = WAY + "".join(
        f'[[plan]]\nname = "{name}"\n{limits}\nsteps = [{{ ways = ["mqtt"] }}]\n'
        for name, limits in (
            ("others", 'teams = ["operations"]'),
            ("south", 'sites = ["south"]'),
            ("worse", 'at_least = "CRITICAL"'),
            ("hall", 'areas = ["hall"]'),
            ("incidents", 'subjects = ["incident"]'),
            ("seals", 'teams = ["seals"]'),
            ("rest", ""),
        )
    )
    (plan,) = read_notify_text(text).plans_for(NOTICE)
    assert plan is not None
    assert plan.name == "seals"


def test_without_a_file_every_notice_goes_out_on_mqtt() -> None:
    (plan,) = BUILT_IN.plans_for(NOTICE)
    assert plan is not None
    assert plan.steps[0].ways == ("mqtt",)


def test_a_rosters_file_is_named_as_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "notify.toml").write_text(WAY + PLAN.replace("steps", 'roster = "duty.ics"\nsteps'))
    assert read_notify_file(tmp_path / "notify.toml").plans[0].roster == str(tmp_path / "duty.ics")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[way", "no TOML"),
        (WAY + PLAN.replace("mqtt", "pigeon"), "plan.a.steps.0: there is no way pigeon"),
        (WAY + PLAN + PLAN, "two plans"),
        (WAY.replace("mqtt", "mail", 2) + PLAN.replace("mqtt", "mail"), "name people"),
        (WAY + 'topic = "a/#"\n' + PLAN, "neither"),
        ('[way.x]\nkind = "webhook"\nurl = "https://a:b@c.example/"\n' + PLAN, "without a name or password"),
        ('[way.x]\nkind = "webhook"\nurl = "https://c.example/"\n' + PLAN, "secret says where"),
        ('[way.x]\nkind = "webhook"\nurl = "https://c.example/"\nsecret = "hunter2"\n' + PLAN, "way.x.secret"),
        ('[way.x]\nkind = "chat"\nurl = "tgram://token/chat"\n' + PLAN, "url holds secrets"),
        (WAY + PLAN.replace("steps", 'quiet = "late"\nsteps'), "plan.a: 'late' are no hours"),
        (WAY + PLAN.replace("steps", 'zone = "Mars"\nsteps'), "no time zone"),
        (WAY + PLAN.replace("steps", 'roster = "http://x/y"\nsteps'), "roster"),
        (WAY + PLAN + '[person.ann]\nmqtt = "env:X"\n', "no way of kind chat"),
        (WAY + "colour = 1\n" + PLAN, "way.mqtt.colour"),
    ],
)
def test_a_fault_is_said_by_its_place_and_without_what_is_secret(text: str, says: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_notify_text(text)
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "token" not in str(caught.value)

"""How notices leave this installation: the plans that `ASSETLOOP_NOTIFY` names, and the thread that follows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from alerts.alarms.control_room import REQUESTS, ControlRoomDesk
from alerts.dispatch.answering.replies import ReplyDesk, ReplyListener
from alerts.dispatch.dispatcher import Dispatcher
from alerts.dispatch.notify_file import read_notify_file
from alerts.dispatch.planning import Planner
from alerts.dispatch.plans import BUILT_IN, NoticePlans
from alerts.dispatch.sending.ways_out import WaysOut
from alerts.dispatch.who_is_on_call import Rosters
from service.runtime.surroundings import holder

if TYPE_CHECKING:
    from alerts.dispatch.mqtt_publisher import MqttPublisher
    from service.runtime.surroundings import Surroundings
    from storage.core.database import Database


def plans_of(around: Surroundings) -> NoticePlans:
    """Return whom notices are for, and by which ways.

    Raises:
        Misconfigured: the file cannot be read or does not make sense.
    """
    named = around.settings.notify
    return BUILT_IN if named is None else read_notify_file(named)


def ways_out(around: Surroundings, plans: NoticePlans, publisher: MqttPublisher | None) -> WaysOut:
    """Make what sends messages.

    Raises:
        Misconfigured: the mail server's address is none.
    """
    return WaysOut(plans=plans, publish=publisher.publish if publisher else None, mail=around.mail_server())


def _control_room(around: Surroundings, database: Database, publisher: MqttPublisher) -> ControlRoomDesk:
    from api.identity.tokens import principal_of_token

    recognise = partial(principal_of_token, database, clock=around.clock)
    return ControlRoomDesk(database, around.clock, recognise, publisher.publish)


@contextmanager
def telling_people(around: Surroundings, publisher: MqttPublisher) -> Iterator[None]:
    """Let notices reach people as long as the block lasts, beside whatever it does.

    Raises:
        Misconfigured: what `ASSETLOOP_NOTIFY` names does not make sense.
    """
    plans = plans_of(around)
    rosters, stop = Rosters(plans=plans), threading.Event()
    with around.database(most=6) as database:
        planner = Planner(plans=plans, on_call=rosters.on_call)
        dispatcher = Dispatcher(database, around.clock, planner, ways_out(around, plans, publisher), rosters)
        replies = ReplyListener(
            around.mqtt_url(),
            ReplyDesk(database, around.clock),
            holder=holder(),
            certificates=around.certificates,
            beside={REQUESTS: _control_room(around, database, publisher).take},
        )
        threads = [threading.Thread(target=run, args=(stop,)) for run in (dispatcher.run, replies.run)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

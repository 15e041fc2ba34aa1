"""Who comes in where: the rule of entry for `serve`, and the link for the first administrator."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.identity.access import Access, is_loopback
from api.identity.first_people import first_link
from api.identity.signing_in.provider import ProviderSettings, read_roles
from api.installation import ServedInstallation
from plant.errors import Unavailable
from service.runtime import roles
from service.runtime.dispatching import plans_of
from service.runtime.surroundings import Surroundings
from storage.core.database import Database

if TYPE_CHECKING:
    import procrastinate

LIFELINE = "ASSETLOOP_LIFELINE"


def access_for(around: Surroundings, host: str) -> Access:
    """Say who may come in from where: the demo's people by one click where only this machine is listened to."""
    settings = around.settings
    provider = None
    if settings.oidc_issuer:
        secret = settings.oidc_client_secret
        provider = ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else "",
            name=settings.oidc_name,
            redirect_uri=f"{roles.console_url(around).rstrip('/')}/login/provider/back",
            roles_claim=settings.oidc_roles_claim,
            roles=read_roles(settings.oidc_roles),
        )
    return Access(
        allowed_hosts=(*settings.hosts, *_console_host(around)),
        one_click=is_loopback(host) and not settings.tls_proxy,
        is_behind_tls=bool(settings.tls_proxy),
        provider=provider,
        mails_links=around.mail_server() is not None,
    )


def installation(around: Surroundings) -> ServedInstallation:
    """Say what the console and the API know of the installation besides the database."""
    return ServedInstallation(
        logins=around.broker_accounts(),
        end_session=around.end_session,
        mapping=around.settings.mapping,
        joins_sparkplug_names=around.settings.sparkplug_asset == "node/device",
        trial_rules=around.trial_rules(),
        plans=partial(plans_of, around),
    )


def say_first_link(around: Surroundings, database: Database) -> None:
    """Print the link that sets the first administrator's password, unless `assetloop up` has printed it."""
    if os.environ.get(LIFELINE):
        return
    with contextlib.suppress(Unavailable):
        link = first_link(database, clock=around.clock)
        if link is not None:
            print(first_link_line(_address(around), link), file=sys.stderr)  # noqa: T201


def mail_links_with(app: procrastinate.App, around: Surroundings, database: Database) -> None:
    """Let a worker mail links to who forgot a password, where a mail server is named."""
    from api.identity.signing_in.forgotten import NAMESPACE, identity_blueprint

    mail = around.mail_server()
    if mail is not None:
        blueprint = identity_blueprint(database, around.clock, mail, _address(around))
        app.add_tasks_from(blueprint, namespace=NAMESPACE)


def sign_heads_with(app: procrastinate.App, around: Surroundings, database: Database) -> None:
    """Let a worker sign the ledger's heads, where the database says what the installation is called; and remind."""
    from lifecycle.attesting.heads import NAMESPACE, ledger_blueprint
    from lifecycle.handover import reminding
    from lifecycle.importing import uploading
    from service.commands.record.ledger import signing_key
    from storage.work import ledger

    with contextlib.suppress(Unavailable):
        with database.transaction() as tx:
            installation = ledger.installation(tx)
        blueprint = ledger_blueprint(database, around.clock, signing_key(around, installation))
        app.add_tasks_from(blueprint, namespace=NAMESPACE)
    app.add_tasks_from(reminding.handover_blueprint(database, around.clock), namespace=reminding.NAMESPACE)
    app.add_tasks_from(uploading.register_blueprint(database, around.clock), namespace=uploading.NAMESPACE)


def _address(around: Surroundings) -> str:
    return roles.console_url(around) or f"http://127.0.0.1:{around.settings.port}"


def first_link_line(address: str, link: str) -> str:
    """Say where the first administrator sets a password."""
    return f"first administrator, once, within a day: {address.rstrip('/')}{link}"


def _console_host(around: Surroundings) -> tuple[str, ...]:
    """Return the name under which people open the console, where it is set."""
    host = urlsplit(around.settings.console_url).hostname
    return (host,) if host else ()

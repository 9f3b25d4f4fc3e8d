"""What `msupply check` looks at."""

from msupply.central.health import examine


def wrong(connection):
    return {finding.subject for finding in examine(connection) if finding.wrong}


def test_an_instance_without_a_role_is_not_in_order(connection):
    assert wrong(connection) == {"role"}


def test_a_central_server_is_in_order(connection, admin):
    assert wrong(connection) == set()

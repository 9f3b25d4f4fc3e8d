"""The changelog's routing columns of a row, as SQL expressions made from its policy."""

from msupply.sync.declare.policy import Policy
from msupply.sync.declare.registry import Channel, RecordType, registry

LOG_COLUMNS = (
    "record_type, record_id, deleted, store_id, partner_id, visible_id, everywhere, source_site"
)


def path(kind: RecordType, column: str | None, row: str) -> str:
    """Return the SQL of a policy's path, NULL where it has none."""
    return "NULL" if column is None else kind.path_sql(column, row)


def partner(kind: RecordType, policy: Policy, row: str) -> str:
    """Return the SQL of the second store that a row concerns."""
    if policy.other_party is None:
        return path(kind, policy.partner, row)
    stores = registry().stores
    return (
        f'(SELECT s.id FROM "{stores.table}" s WHERE s.{registry().store_columns.name}'
        f" = {kind.path_sql(policy.other_party, row)} LIMIT 1)"
    )


def everywhere(kind: RecordType, policy: Policy, row: str) -> str:
    """Return the SQL that says whether the row goes to all sites."""
    if policy.everywhere:
        return "TRUE"
    if policy.everywhere_without_store:
        return f"({path(kind, policy.store, row)} IS NULL)"
    return "FALSE"


def condition(test: str | None, row: str) -> str:
    """Return the row condition of a policy's branch."""
    return "TRUE" if test is None else test.format(row=row)


def logged(kind: RecordType) -> list[tuple[Channel, str | None, Policy]]:
    """Return every log that rows of this type enter, with the branch that puts them there."""
    return [
        (channel, test, policy)
        for test, policy in kind.branches
        for channel in kind.channels(policy)
    ]


def log_values(
    kind: RecordType,
    policy: Policy,
    row: str,
    *,
    deleted: bool = False,
    former: str | None = None,
    source: str = "NULL",
) -> str:
    """Return the values of LOG_COLUMNS for a row.

    `former` is the row before an update: when its store has changed, the site that held it is
    told too, as the partner.
    """
    store = path(kind, policy.store, row)
    second = partner(kind, policy, row)
    if former and policy.store and second == "NULL" and "." not in policy.store:
        second = f"NULLIF({former}.{policy.store}, {row}.{policy.store})"
    return ", ".join(
        [
            str(kind.number),
            f"{row}.id",
            "TRUE" if deleted else "FALSE",
            store,
            second,
            path(kind, policy.visible, row),
            everywhere(kind, policy, row),
            source,
        ]
    )


def tombstone_values(
    kind: RecordType, policy: Policy, row: str, former: str, *, source: str = "NULL"
) -> str:
    """Return the values of LOG_COLUMNS for a deleted row.

    Its parent may be gone already; then the routing of the `former` log row still holds.
    """

    def known(column: str, current: str) -> str:
        return f"COALESCE({current}, {former}.{column})"

    return ", ".join(
        [
            str(kind.number),
            f"{row}.id",
            "TRUE",
            known("store_id", path(kind, policy.store, row)),
            known("partner_id", partner(kind, policy, row)),
            known("visible_id", path(kind, policy.visible, row)),
            f"COALESCE({former}.everywhere, {everywhere(kind, policy, row)})",
            source,
        ]
    )

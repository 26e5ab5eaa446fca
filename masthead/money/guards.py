"""What the database itself refuses: in the books an entry that doesn't balance, a late line, an edit, a delete, an
entry in a closed month; a collection of which who pays was not told before; a receipt out of its order.

Lines are written first; their key to the entry is checked at the commit. Then the entry, whose trigger adds them up.
SQLite has no deferred triggers: this order is what makes it possible there. SQLite's triggers vanish when a migration
remakes a table, so each such migration ends with `renew`, and `missing` compares the database with this list.
"""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

UNEVEN = """SELECT 1 FROM money_line WHERE transaction_id = NEW.key
        GROUP BY currency HAVING SUM(amount_minor) <> 0"""
NO_LINES = "NOT EXISTS (SELECT 1 FROM money_line WHERE transaction_id = NEW.key)"
LATE = "EXISTS (SELECT 1 FROM money_transaction WHERE key = NEW.transaction_id)"

ANNOUNCED = """EXISTS (SELECT 1 FROM money_notice n WHERE n.id = NEW.notice_id AND n.order_key = NEW.order_key
        AND n.amount_minor = NEW.amount_minor AND n.currency = NEW.currency AND n.not_before <= NEW.created_at)"""
PAID_ON_A_PAGE = "EXISTS (SELECT 1 FROM money_checkout c WHERE c.payment_id = NEW.id)"
BECOMES_COLLECTION = f"OLD.mandate_id IS NULL AND NEW.mandate_id IS NOT NULL AND NOT {PAID_ON_A_PAGE}"
IS_OTHER_THAN_TOLD = """OLD.mandate_id IS NOT NULL AND (NEW.amount_minor <> OLD.amount_minor
        OR NEW.currency <> OLD.currency OR NEW.order_key <> OLD.order_key)"""
IS_CLOSED = """EXISTS (SELECT 1 FROM money_monthclose c WHERE c.reopened_at IS NULL AND c.last_on >= NEW."on")"""
OTHER_DAY = """EXISTS (SELECT 1 FROM money_line WHERE transaction_id = NEW.key AND "on" <> NEW."on")"""
IS_OTHER_CLOSE = """OLD.reopened_at IS NOT NULL OR NEW.month <> OLD.month OR NEW.last_on <> OLD.last_on
        OR NEW.digest <> OLD.digest OR NEW.figures <> OLD.figures OR NEW.closed_by <> OLD.closed_by"""
OTHER_NUMBER = """NEW.number <> 1 + COALESCE((SELECT MAX(number) FROM money_receipt WHERE year = NEW.year), 0)"""

# name → (table, moment, condition, what it says)
RULES = {
    "money_entry_has_lines": ("money_transaction", "INSERT", NO_LINES, "an entry needs lines"),
    "money_entry_balances": ("money_transaction", "INSERT", f"EXISTS ({UNEVEN})", "an entry sums to zero"),
    "money_entry_is_not_edited": ("money_transaction", "UPDATE", "", "the books are not edited"),
    "money_entry_is_not_deleted": ("money_transaction", "DELETE", "", "the books are not deleted"),
    "money_line_is_not_late": ("money_line", "INSERT", LATE, "an entry takes no late line"),
    "money_line_is_not_edited": ("money_line", "UPDATE", "", "the books are not edited"),
    "money_line_is_not_deleted": ("money_line", "DELETE", "", "the books are not deleted"),
    "money_collection_was_told": (
        "money_payment",
        "INSERT",
        f"NEW.mandate_id IS NOT NULL AND NOT {ANNOUNCED}",
        "a collection needs its notice",
    ),
    "money_collection_stays_as_told": (
        "money_payment",
        "UPDATE",
        f"({BECOMES_COLLECTION}) OR ({IS_OTHER_THAN_TOLD})",
        "a collection stays as it was told",
    ),
    "money_notice_is_not_edited": ("money_notice", "UPDATE", "", "what was told was told"),
    "money_notice_is_not_deleted": ("money_notice", "DELETE", "", "what was told was told"),
    "money_entry_has_the_day_of_its_lines": (
        "money_transaction",
        "INSERT",
        OTHER_DAY,
        "lines have the day of their entry",
    ),
    "money_entry_is_in_an_open_month": ("money_transaction", "INSERT", IS_CLOSED, "the month is closed"),
    "money_close_stays_as_it_was": ("money_monthclose", "UPDATE", IS_OTHER_CLOSE, "a close stays as it was"),
    "money_close_is_not_deleted": ("money_monthclose", "DELETE", "", "a close stays as it was"),
    "money_receipt_has_the_next_number": (
        "money_receipt",
        "INSERT",
        OTHER_NUMBER,
        "receipts have no gaps",
    ),
    "money_receipt_is_not_edited": ("money_receipt", "UPDATE", "", "a receipt is not edited"),
    "money_receipt_is_not_deleted": ("money_receipt", "DELETE", "", "a receipt is not deleted"),
}
NEEDS = {  # the tables that came after the first guards: migrations before them make none of these
    "money_collection_was_told": "money_notice",
    "money_collection_stays_as_told": "money_notice",
    "money_notice_is_not_edited": "money_notice",
    "money_notice_is_not_deleted": "money_notice",
    "money_entry_has_the_day_of_its_lines": "money_receipt",
    "money_entry_is_in_an_open_month": "money_receipt",
    "money_close_stays_as_it_was": "money_receipt",
    "money_close_is_not_deleted": "money_receipt",
    "money_receipt_has_the_next_number": "money_receipt",
    "money_receipt_is_not_edited": "money_receipt",
    "money_receipt_is_not_deleted": "money_receipt",
}
TABLES = ("money_transaction", "money_line")


def renew(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make every guard anew: for migrations, and for whoever had to take them away."""
    remove(schema_editor)
    there = set(schema_editor.connection.introspection.table_names())
    for name, statement in _statements(schema_editor.connection.vendor).items():
        if NEEDS.get(name) in (None, *there):
            for part in statement:
                schema_editor.execute(part, params=None)


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take every guard away: for a migration that remakes a table, which must `renew` them before it ends."""
    vendor = schema_editor.connection.vendor
    there = set(schema_editor.connection.introspection.table_names())
    for name, (table, *_) in RULES.items():
        if NEEDS.get(name) not in (None, *there):
            continue
        where = f" ON {table}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}", params=None)
    if vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_not_emptied ON {table}", params=None)


def missing(database: BaseDatabaseWrapper = connection) -> list[str]:
    """The guards that are not in the database, or are other than they should be, by name."""
    expected = _statements(database.vendor)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal")
            there = {row[0] for row in cursor.fetchall()}
            return [name for name in expected if name not in there]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        written = dict(cursor.fetchall())
    return [name for name, statement in expected.items() if written.get(name) != statement[0]]


def _statements(vendor: str) -> dict[str, tuple[str, ...]]:
    """The statements that make each guard; the last is the trigger."""
    if vendor != "postgresql":
        return {name: (_sqlite(name, *rule),) for name, rule in RULES.items()}
    emptied = {f"{table}_is_not_emptied": (table, "TRUNCATE", "", "the books are not emptied") for table in TABLES}
    return {name: _postgresql(name, *rule) for name, rule in (RULES | emptied).items()}


def _sqlite(name: str, table: str, moment: str, condition: str, says: str) -> str:
    when = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {moment} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{says}'); END"


def _postgresql(name: str, table: str, moment: str, condition: str, says: str) -> tuple[str, str]:
    # 23514 is check_violation, which Django raises as IntegrityError, as SQLite's refusals are.
    refuse = f"RAISE EXCEPTION '{says}' USING ERRCODE = '23514';"
    body = f"IF {condition} THEN {refuse} END IF; RETURN NEW;" if condition else refuse
    each = "STATEMENT" if moment == "TRUNCATE" else "ROW"
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {body} END $$ LANGUAGE plpgsql"
    trigger = f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"
    return function, trigger

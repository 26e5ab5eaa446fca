"""Receipts and summaries as PDF, set by Typst: tagged, with our own type in them, made when somebody asks.

Some twenty milliseconds a paper, without a transaction, a network or a file that stays.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from masthead.core import clock
from masthead.money.models import Issuer, Receipt
from masthead.money.receipts import YearOfReceipts
from masthead.money.states import ReceiptKind

TYPESET = Path(__file__).parent / "typeset"
CONTENT_TYPE = "application/pdf"


def of_receipt(receipt: Receipt, *, paper: str, to: str = "") -> bytes:
    """One receipt, for whom `to` names. `paper` is the newspaper's name, where nobody has said who gives receipts."""
    payment = receipt.payment
    facts = [(_("Number"), str(receipt)), (_("Date"), _day(receipt.issued_on))]
    if receipt.corrects:
        facts.append((_("Corrects"), _("%(number)s of %(day)s") % {
            "number": receipt.corrects, "day": _day(receipt.corrects.issued_on)
        }))  # fmt: skip
    if to:
        facts.append((_("For"), to))
    facts += [(_("Paid on"), _day(payment.collected_on)), (_("Reference"), payment.reference)]
    rows = [[payment.description, str(receipt.paid)]]
    if receipt.kind != ReceiptKind.PAID:
        rows.append([f"{_went_back(receipt)}, {_day(receipt.happened_on)}", str(-receipt.back)])
    return _set(
        title=_("Receipt") if receipt.kind == ReceiptKind.PAID else _("Corrected receipt"),
        issuer=receipt.issuer,
        paper=paper,
        facts=facts,
        headings=[_("What"), _("Amount")],
        rows=rows,
        foot=[_("Paid") if receipt.kind == ReceiptKind.PAID else _("Stays paid"), str(receipt.left)],
        notes=_of_vat(receipt, receipt.rate),
        footer=str(receipt),
    )


def of_year(years: Sequence[YearOfReceipts], year: int, *, issuer: Issuer | None, paper: str, to: str = "") -> bytes:
    """What somebody paid in a year, payment by payment; in several currencies one table after the other's sum."""
    facts = [(_("Year"), str(year)), (_("As of"), _day(clock.today()))]
    if to:
        facts.append((_("For"), to))
    rows, notes, foot = [], [], []
    for each in years:
        rows += [
            [
                _day(receipt.payment.collected_on), receipt.payment.description, str(receipt), str(receipt.paid),
                str(receipt.back) if receipt.back else "–", str(receipt.left),
            ]
            for receipt in each.papers
        ]  # fmt: skip
        sums = [_("Together"), "", "", str(each.paid), str(each.back) if each.back else "–", str(each.left)]
        if len(years) > 1:
            rows.append(sums)
        else:
            foot = sums
        notes += _of_vat(each, "")
    if not rows:
        notes = [_("Nothing was collected in this year.")]
    return _set(
        title=_("What you gave in %(year)s") % {"year": year},
        issuer=issuer,
        paper=paper,
        facts=facts,
        headings=[_("Date"), _("For"), _("Receipt"), _("Paid"), _("Went back"), _("Stays paid")],
        rows=rows,
        foot=foot,
        words=3,
        notes=notes,
        footer=str(year),
    )


def _went_back(receipt: Receipt) -> str:
    """The line under what was paid."""
    return str(ReceiptKind(receipt.kind).label).capitalize()


def _of_vat(paid: Any, rate: str) -> list[str]:
    """Which part is a sale, and the VAT in it."""
    if not paid.sale:
        return []
    said = {"sale": paid.sale, "vat": paid.vat, "given": paid.given, "net": paid.sale - paid.vat, "rate": rate}
    words = _("Of this, %(sale)s is the price of what was sold: %(net)s and %(vat)s VAT.") % said
    if rate:
        words = _("Of this, %(sale)s is the price of what was sold: %(net)s and %(rate)s VAT, %(vat)s.") % said
    return [words + " " + _("%(given)s is support.") % said]


def _set(
    *, title: str, issuer: Issuer | None, paper: str, facts: Sequence[tuple[str, str]], headings: Sequence[str],
    rows: Sequence[Sequence[str]], foot: Sequence[str], notes: Sequence[str], footer: str, words: int = 1,
) -> bytes:  # fmt: skip
    name = issuer.name if issuer and issuer.name else paper
    told = {
        "title": title,
        "lead": "",
        "issuer": name,
        "address": issuer.address.splitlines() if issuer else [],
        "tax_number": issuer.tax_number if issuer else "",
        "facts": facts,
        "headings": headings,
        "widths": ["auto" if words > 1 and column != 1 else "*" for column in range(len(headings))],
        "words": words,
        "rows": rows,
        "foot": foot,
        "notes": [*notes, *([issuer.note] if issuer and issuer.note else [])],
        "footer": f"{name} · {footer}",
        "lang": (translation.get_language() or "en")[:2],
    }
    made: bytes = typst.compile(
        TYPESET / "paper.typ",
        root=TYPESET,
        font_paths=[TYPESET],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": json.dumps(told)},
        pdf_standards=["ua-1"],
        timestamp=int(clock.time()),
    )
    return made


def _day(day: Any) -> str:
    return date_format(day, "j F Y") if day else ""

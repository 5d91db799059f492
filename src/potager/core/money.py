"""Money: integer minor units inside, Decimal at the edge."""

from decimal import Decimal

from potager.core.errors import Problem

# ISO 4217 minor-unit exponents that are not 2.
_EXPONENT = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3}
_SYMBOL = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$"}


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit has."""
    return _EXPONENT.get(currency, 2)


def to_minor(amount: str | int | Decimal, currency: str) -> int:
    """'12.5' CNY → 1250. Refuses floats by type and fractions of a minor unit by value.

    Raises Problem("money.malformed") when the text is no decimal number or too fine for the currency.
    """
    text = str(amount).strip().replace(",", "")
    try:
        value = Decimal(text)
        minor = value.scaleb(exponent(currency))
        whole = int(minor)
    except (ArithmeticError, ValueError) as error:
        raise _malformed(text, currency) from error
    if minor != whole:
        raise _malformed(text, currency)
    return whole


def to_decimal(minor: int, currency: str) -> Decimal:
    """1250 CNY → Decimal('12.50')."""
    return Decimal(minor).scaleb(-exponent(currency))


def show(minor: int, currency: str) -> str:
    """1250 CNY → '¥12.50', for texts a person reads; -1250 → '-¥12.50'."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{_SYMBOL.get(currency, currency + ' ')}{abs(to_decimal(minor, currency)):,}"


def _malformed(text: str, currency: str) -> Problem:
    places = exponent(currency)
    return Problem(
        "money.malformed",
        zh=f"金额「{text}」不是有效数字，或小数超过 {places} 位（{currency}）",
        en=f"“{text}” is not an amount in {currency} with at most {places} decimal places",
    )

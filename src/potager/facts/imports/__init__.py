"""Files into the house: sniffed, mapped, checked row by row, loaded exactly once (docs/guide/import.md)."""

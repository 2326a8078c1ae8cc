"""What a yearbook's rulings teach, in words: counts, shares of slips, and their effect."""

from __future__ import annotations

import math
from collections.abc import Mapping

from amyqa.diagnosis.learning import ASSUMED, Learned
from amyqa.reports.phrases import counted


def told(counts: Mapping[str, int], misprints: int, learned: Learned | None) -> str:
    """Rulings by what became of them; shares of slips, assumed and learned; what the learned ones are worth.

    Args:
        misprints: corrected cells.
    """
    lines = [f"{number:>5}  {what}" for what, number in sorted(counts.items(), key=lambda item: -item[1])]
    lines += ["", f"{counted(misprints, 'corrected number')} to learn from."]
    if learned is None:
        return "\n".join([*lines, ""])
    lines += ["", f"{'share of slips':<14} {'assumed':>8} {'learned':>8}"]
    lines += [
        f"{name.replace('_', ' '):<14} {share:>8.1%} {learned.shares[name]:>8.1%}"
        for name, share in ASSUMED.items()
    ]
    times = math.exp(learned.gain)
    effect = f"{times:.2f} times as likely" if times != 1 else "just as likely"
    lines += ["", f"By the learned shares, a correction in a table that was left out is {effect}.", ""]
    return "\n".join(lines)

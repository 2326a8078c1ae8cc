"""The statements that an engine is asked: portable SQL over ``observations`` and what stands beside them."""

from __future__ import annotations

from amyqa.rules.observations import cell_hash
from amyqa.rules.shape import ABSENT, SLACK_VARIABLE, UNKNOWN

HOLDS, BROKEN, UNDECIDED = 0, 1, 2
"""Places in :data:`amyqa.rules.outcome.STATES`."""
_PRIME = 9007199254740881
"""What a hash is reduced by, so that it is held in 53 bits."""
_LARGE = 9 * 10**18

# A rule's terms, each cell once an identity: the relation that all below is read from.
NET = """
WITH terms AS (
{terms}
)
SELECT identity, cell, CAST(SUM(coefficient) AS BIGINT) AS coefficient
FROM terms GROUP BY identity, cell HAVING SUM(coefficient) <> 0
"""

# Residuals as intervals: exact when every part is known, half open when one is not. An identity is
# broken when no value in the interval lies within the tolerance. One without a printed cell says
# nothing, nor does a lone total whose parts are all absent, unless it is below what they can be.
# What is absent is at least zero where its table knows a floor; its cells say so.
VERDICTS = f"""
WITH cells AS (
    SELECT OBS_CELL AS cell,
        MAX(CASE WHEN OBS_UNCERTAIN = 0 THEN OBS_LOW END) AS low,
        MAX(CASE WHEN OBS_UNCERTAIN = 0 THEN OBS_HIGH END) AS high,
        MAX(OBS_TOLERANCE) AS tolerance, MAX(OBS_HASH) AS hash,
        MAX(CASE WHEN OBS_KIND IN ('printed', 'external') THEN 1 ELSE 0 END) AS told,
        MAX(CASE WHEN OBS_CELL <> 0 AND OBS_FLOOR IS NULL THEN 1 ELSE 0 END) AS bottomless
    FROM observations GROUP BY OBS_CELL
    UNION ALL SELECT {SLACK_VARIABLE}, 0, NULL, 0, {cell_hash(SLACK_VARIABLE)}, 0, 0
    UNION ALL SELECT {ABSENT}, 0, NULL, 0, {cell_hash(ABSENT)}, 0, 0
    UNION ALL SELECT {UNKNOWN}, NULL, NULL, 0, {cell_hash(UNKNOWN)}, 0, 0
), sums AS (
    SELECT net.identity,
        SUM(CASE WHEN coefficient > 0 THEN coefficient * low ELSE coefficient * high END) AS low,
        SUM(CASE WHEN coefficient > 0 THEN coefficient * high ELSE coefficient * low END) AS high,
        COUNT(*) FILTER (WHERE (CASE WHEN coefficient > 0 THEN low ELSE high END) IS NULL)
            + MAX(bottomless) * COUNT(*) FILTER (WHERE net.cell = {ABSENT} AND coefficient > 0) AS open_low,
        COUNT(*) FILTER (WHERE (CASE WHEN coefficient > 0 THEN high ELSE low END) IS NULL)
            + MAX(bottomless) * COUNT(*) FILTER (WHERE net.cell = {ABSENT} AND coefficient < 0) AS open_high,
        COUNT(*) FILTER (
            WHERE net.cell <> {SLACK_VARIABLE} AND (low IS NULL OR high IS NULL OR low <> high)
        ) AS unknown,
        SUM(told) AS printed,
        COUNT(*) FILTER (WHERE net.cell = {ABSENT}) AS absent,
        SUM(ABS(coefficient) * tolerance) AS tolerance,
        ABS(SUM(hash * CASE
            WHEN net.cell NOT IN ({ABSENT}, {UNKNOWN}) THEN coefficient WHEN coefficient > 0 THEN 1 ELSE -1
        END)) AS hash,
        MIN(CASE WHEN hash > 0 THEN net.cell END) AS first_cell,
        MAX(CASE WHEN hash > 0 THEN net.cell END) AS last_cell
    FROM {{net}} AS net JOIN cells ON cells.cell = net.cell GROUP BY net.identity
), verdicts AS (
    SELECT *,
        CASE WHEN open_low = 0 AND low > tolerance OR open_high = 0 AND high < -tolerance THEN {BROKEN}
             WHEN unknown > 0 THEN {UNDECIDED} ELSE {HOLDS} END AS state
    FROM sums
)
SELECT identity, state, hash, printed, first_cell, last_cell,
    CASE WHEN open_low = 0 THEN low END AS low, CASE WHEN open_high = 0 THEN high END AS high, tolerance
FROM verdicts WHERE printed > 1 OR printed = 1 AND (absent = 0 OR state = {BROKEN})
"""

# Sums of very large numbers are left NULL, and looked at one by one.
JUDGED = f"""
SELECT identity, state, CAST(hash % {_PRIME} AS BIGINT) AS hash, CAST(printed AS BIGINT) AS printed,
    first_cell, last_cell,
    CAST(CASE WHEN low BETWEEN -{_LARGE} AND {_LARGE} THEN low END AS BIGINT) AS low,
    CAST(CASE WHEN high BETWEEN -{_LARGE} AND {_LARGE} THEN high END AS BIGINT) AS high,
    CAST(CASE WHEN tolerance <= {_LARGE} THEN tolerance END AS BIGINT) AS tolerance,
    CASE WHEN low NOT BETWEEN -{_LARGE} AND {_LARGE} OR high NOT BETWEEN -{_LARGE} AND {_LARGE}
        OR tolerance > {_LARGE} THEN 1 ELSE 0 END AS large
FROM verdicts ORDER BY identity
"""
ENDS = "SELECT low, high, tolerance FROM verdicts ORDER BY identity"

TOLD_TERMS = f"""
SELECT net.identity, net.cell, net.coefficient
FROM {{net}} AS net JOIN verdicts ON verdicts.identity = net.identity WHERE verdicts.state <> {HOLDS}
ORDER BY net.identity, net.coefficient DESC, net.cell
"""

# A total stands alone on its side of an equation, or is what it was written to compute; "at most" makes none.
COVERED = f"""
WITH results AS (
{{results}}
), sides AS (
    SELECT identity, COUNT(*) FILTER (WHERE coefficient > 0) AS added,
        COUNT(*) FILTER (WHERE coefficient < 0) AS deducted,
        COUNT(*) FILTER (WHERE cell = {SLACK_VARIABLE}) AS slack_variables
    FROM {{net}} AS net GROUP BY identity
)
SELECT net.cell,
    MAX(CASE WHEN slack_variables = 0
        AND (results.cell IS NOT NULL OR (CASE WHEN coefficient > 0 THEN added ELSE deducted END) = 1)
        THEN 1 ELSE 0 END) AS total
FROM {{net}} AS net LEFT JOIN results ON results.identity = net.identity AND results.cell = net.cell
JOIN sides ON sides.identity = net.identity JOIN verdicts ON verdicts.identity = net.identity
WHERE net.cell > 0 GROUP BY net.cell ORDER BY net.cell
"""

SUBJECTS = """
WITH subjects AS (
{subjects}
), reasons AS (
    SELECT subjects.*, {unjudged} AS unjudged FROM subjects
), judged AS (
    SELECT reasons.*, CASE WHEN unjudged IS NULL AND ({violation}) THEN 1 ELSE 0 END AS violated FROM reasons
)
"""
# What is told of subjects, and their number: in one go, or where they are many one after the other.
TOLD = """
SELECT * FROM (
    SELECT judged.*, COUNT(*) OVER ({apart}) AS subjects,
        ROW_NUMBER() OVER ({apart} ORDER BY violated) AS subject_number
    FROM judged
) AS counted WHERE violated = 1 OR unjudged IS NOT NULL OR subject_number = 1
"""
TOLD_ONLY = "SELECT * FROM judged WHERE violated = 1 OR unjudged IS NOT NULL"
NUMBERS = "SELECT {table}, COUNT(*) FROM judged GROUP BY 1"

ALL_TERMS = """
SELECT identity, cell, coefficient FROM {net} WHERE identity BETWEEN {least} AND {most}
ORDER BY identity, coefficient DESC, cell
"""
NEAR_TERMS = """
WITH net AS (
    SELECT * FROM {net} WHERE identity BETWEEN {least} AND {most}
), near AS (
    SELECT DISTINCT cell FROM net
    WHERE cell > 0 AND (cell IN ({cells}) OR identity IN (SELECT identity FROM net WHERE cell IN ({cells})))
), next AS (
    SELECT DISTINCT cell FROM net
    WHERE cell > 0 AND identity IN (SELECT identity FROM net WHERE cell IN (SELECT cell FROM near))
)
SELECT identity, cell, coefficient FROM net
WHERE identity IN (SELECT identity FROM net WHERE cell IN (SELECT cell FROM next))
ORDER BY identity, coefficient DESC, cell
"""

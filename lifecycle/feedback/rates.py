"""Failure rates with their intervals, and whether one kind of machine fails more often than the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

COVERAGE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureRate:
    """Failures in a time that machines ran, a year; the true rate lies between low and high with 95 %.

    The interval is Garwood's exact one for a Poisson count. All three are None where nothing ran.
    """

    failures: int
    years: float

    @property
    def a_year(self) -> float | None:
        """Return failures a machine-year.

        >>> FailureRate(failures=3, years=6.0).a_year
        0.5
        """
        return self.failures / self.years if self.years > 0 else None

    @property
    def low(self) -> float | None:
        """Return the lower end of the interval.

        >>> round(FailureRate(failures=3, years=6.0).low, 3)
        0.103
        """
        if self.years <= 0:
            return None
        return _chi2((1 - COVERAGE) / 2, 2 * self.failures) / 2 / self.years if self.failures else 0.0

    @property
    def high(self) -> float | None:
        """Return the upper end of the interval.

        >>> round(FailureRate(failures=0, years=6.0).high, 3)
        0.615
        """
        if self.years <= 0:
            return None
        return _chi2((1 + COVERAGE) / 2, 2 * self.failures + 2) / 2 / self.years


def _chi2(probability: float, degrees: int) -> float:
    """Return the quantile of the chi-squared distribution; only who counts failures waits for scipy."""
    from scipy import special

    return float(special.chdtri(degrees, 1 - probability))


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackRules:
    """When a request is opened: the stated threshold, and how sure one is that the rest of the fleet does better.

    `least_failures` and `least_a_year` must be reached in `window`. Against the rest of the same class and failure mode
    at every site the one-sided E-test for two Poisson means (Krishnamoorthy and Thomson 2004) must say less than
    `doubt`, shared among the kinds of machine that are tested (Bonferroni). Where there is no rest to compare with, the
    lower end of the rate's interval must reach `least_a_year`. What was decided is left alone for `rest_after`.
    """

    window: timedelta = timedelta(days=730)
    least_failures: int = 3
    least_a_year: float = 0.2
    doubt: float = 0.01
    rest_after: timedelta = timedelta(days=365)


def doubt_that_worse(group: FailureRate, rest: FailureRate) -> float | None:
    """Return how likely so many more failures would be if a group failed no more often than the rest; None: no rest.

    >>> doubt_that_worse(FailureRate(failures=9, years=10.0), FailureRate(failures=2, years=40.0)) < 0.001
    True
    """
    from scipy import stats

    if rest.years <= 0 or group.years <= 0:
        return None
    if group.failures + rest.failures == 0:
        return 1.0
    test = stats.poisson_means_test(group.failures, group.years, rest.failures, rest.years, alternative="greater")
    return float(test.pvalue)


def deserves_request(group: FailureRate, rest: FailureRate, rules: FeedbackRules, *, tested: int) -> bool:
    """Say whether a kind of machine deserves a request, one of so many that are tested."""
    rate = group.a_year
    if rate is None or group.failures < rules.least_failures or rate < rules.least_a_year:
        return False
    doubt = doubt_that_worse(group, rest)
    if doubt is None:
        return (group.low or 0.0) >= rules.least_a_year
    return doubt < rules.doubt / max(tested, 1)


def effect_of(before: FailureRate, after: FailureRate) -> str:
    """Say what a change brought: `better`, `worse`, `no_difference`, or `not_yet_known`.

    It is known once the two differ by the same test at 5 %. Where they do not, it is no difference once ten failures
    were to be expected at the rate before.

    >>> effect_of(FailureRate(failures=9, years=10.0), FailureRate(failures=0, years=8.0))
    'better'
    >>> effect_of(FailureRate(failures=9, years=10.0), FailureRate(failures=0, years=0.5))
    'not_yet_known'
    """
    expected = (before.a_year or 0.0) * after.years
    better = doubt_that_worse(before, after)
    worse = doubt_that_worse(after, before)
    if better is not None and better < 0.05:
        return "better"
    if worse is not None and worse < 0.05:
        return "worse"
    return "no_difference" if expected >= 10.0 else "not_yet_known"

"""The volume under the surface against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.vus import blurred_labels, range_auc_pr, vus_pr

SCORE = np.array([0.1, 0.9, 0.2, 0.8])
LABEL = np.array([False, True, True, False])


def test_without_a_buffer_it_is_the_area_under_precision_and_recall() -> None:
    """At 0.9, 0.8, 0.2, 0.1: recall 1/2, 1/2, 1, 1 and precision 1, 1/2, 2/3, 1/2; it begins at 0 and 1."""
    assert range_auc_pr(SCORE, LABEL, 0) == pytest.approx(1 / 2 * (1 + 1) / 2 + 1 / 2 * (1 / 2 + 2 / 3) / 2)


def test_a_buffer_gives_credit_beside_the_fault() -> None:
    """With a buffer of 2 the row before the fault has the label r = √½; recall is of the mean of 2 and 2 + r."""
    beside = np.sqrt(0.5)
    assert blurred_labels(LABEL, 2).tolist() == pytest.approx([beside, 1, 1, 0])
    wanted = (2 + 2 + beside) / 2
    first, second = 1 / wanted, 2 / wanted
    area = first * 1 + (second - first) * (1 / 2 + 2 / 3) / 2 + (1 - second) * (2 / 3 + (2 + beside) / 4) / 2
    assert range_auc_pr(SCORE, LABEL, 2) == pytest.approx(area)
    assert vus_pr(SCORE, LABEL, [0, 2]) == pytest.approx((range_auc_pr(SCORE, LABEL, 0) + area) / 2)


def test_a_fault_that_is_not_reached_halves_the_recall() -> None:
    """Of two faults one is ranked first and one last: until the last threshold recall is 1/2 of 1/2."""
    score, label = np.array([0.9, 0.5, 0.4, 0.1]), np.array([True, False, False, True])
    assert range_auc_pr(score, label, 0) == pytest.approx(1 / 4 * (1 + 1) / 2 + 3 / 4 * (1 / 3 + 1 / 2) / 2)


def test_a_perfect_score_has_one_and_no_fault_has_none() -> None:
    assert vus_pr(np.array([0.0, 0.0, 1.0]), np.array([False, False, True]), [0]) == pytest.approx(1.0)
    assert vus_pr(SCORE, np.zeros(4, np.bool_)) is None

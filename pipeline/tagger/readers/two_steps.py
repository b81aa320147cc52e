"""Two steps of logistic regression: has a passage any code; which has it, if it has any."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.tagger.features import Floats

STRENGTH = 0.3  # inverse of the regularisation
SURE = 20.0  # log-odds of what every example says


def fit_two_steps(
    features: csr_matrix, answers: np.ndarray, asked: np.ndarray
) -> tuple[Floats, Floats]:
    """Weights and intercepts of both steps: any code, then each code where there is any."""
    coded: np.ndarray = np.any(answers, axis=1)
    steps = [(coded, coded | asked.all(axis=1))]
    steps += [(answers[:, code], coded & asked[:, code]) for code in range(answers.shape[1])]
    fitted = [_fit_one(features[rows], says[rows]) for says, rows in steps]
    weights, intercepts = zip(*fitted, strict=True)
    return np.array(weights, dtype=np.float32).T, np.array(intercepts, dtype=np.float32)


def _fit_one(features: csr_matrix, says: np.ndarray) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression

    if says.all() or not says.any():  # nothing to tell apart
        return np.zeros(features.shape[1]), SURE if says.any() else -SURE
    learner = LogisticRegression(C=STRENGTH, max_iter=2000).fit(features, says)
    return learner.coef_[0], learner.intercept_[0]

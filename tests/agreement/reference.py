"""Makes irrcac.json: coefficients of random ratings by the package irrCAC.

irrCAC asks for older releases of scipy and pandas than we use, so it runs in an environment of its
own:  python -m venv irr && irr/bin/pip install irrCAC && irr/bin/python tests/agreement/reference.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from irrCAC.raw import CAC

random = np.random.default_rng(7)
cases = []
for coders, categories, units, missing in [
    (2, 2, 30, 0.0), (2, 2, 50, 0.15), (2, 4, 40, 0.0), (3, 2, 40, 0.0), (3, 3, 60, 0.2), (5, 4, 25, 0.3),
]:  # fmt: skip
    truth = random.integers(0, categories, units)
    ratings = np.where(
        random.random((units, coders)) < 0.7,
        truth[:, None],
        random.integers(0, categories, (units, coders)),
    )
    ratings[random.random((units, coders)) < missing] = -1
    frame = pd.DataFrame(ratings).astype(float).replace(-1.0, np.nan)
    cac = CAC(frame, categories=[float(k) for k in range(categories)])
    found = {
        "ac1": cac.gwet()["est"]["coefficient_value"],
        "alpha": cac.krippendorff()["est"]["coefficient_value"],
        "raw": cac.gwet()["est"]["pa"],
    }
    if coders == 2 and not missing:
        found["kappa"] = cac.conger()["est"]["coefficient_value"]
    cases.append({"categories": categories, "ratings": ratings.tolist(), "found": found})
Path(__file__).with_name("irrcac.json").write_text(json.dumps(cases) + "\n")

# SPDX-License-Identifier: Apache-2.0
"""scikit-learn, LightGBM and XGBoost, and ONNX Runtime's quantiser over one of them."""
import lightgbm
import numpy as np
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from sklearn import cluster, datasets, ensemble, linear_model, naive_bayes, neighbors, neural_network, svm, tree
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from export import Export

IRIS = datasets.load_iris(return_X_y=True)
X, Y = IRIS[0].astype(np.float32), IRIS[1]
REAL_Y = (X[:, 0] * 0.5 - X[:, 2] + X[:, 1] * X[:, 3]).astype(np.float32)


def flowers(random):
    return [(X[random.integers(0, len(X), 1)] + random.normal(0, 0.05, (1, 4))).astype(np.float32)]


def skl(name, what, estimator, target=Y, zipmap=False, accept=None):
    def make(_):
        fitted = estimator.fit(X, target)
        classifies = hasattr(fitted, "predict_proba") or hasattr(fitted, "decision_function")
        options = {id(fitted): {"zipmap": zipmap}} if classifies else None
        return to_onnx(fitted, X[:1], options=options, target_opset={"": 18, "ai.onnx.ml": 3})

    return Export(name, what, "skl2onnx", make, flowers, accept or {"rtol": 1e-3, "atol": 1e-5})


def lgbm(name, what, estimator, target):
    def make(_):
        fitted = estimator.fit(X, target)
        kind = [("x", ToolsFloat([None, 4]))]
        return convert_lightgbm(fitted, initial_types=kind, target_opset=15, zipmap=False)

    return Export(name, what, "onnxmltools convert_lightgbm", make, flowers)


def xgb(name, what, estimator, target):
    def make(_):
        fitted = estimator.fit(X, target)
        return convert_xgboost(fitted, initial_types=[("x", ToolsFloat([None, 4]))], target_opset=15)

    return Export(name, what, "onnxmltools convert_xgboost", make, flowers)


EXPORTS = [
    skl("skl_logistic", "logistic regression", linear_model.LogisticRegression(max_iter=400)),
    skl("skl_logistic_zipmap", "logistic regression, probabilities as maps (ZipMap)",
        linear_model.LogisticRegression(max_iter=400), zipmap=True),
    skl("skl_pipeline", "StandardScaler and logistic regression", make_pipeline(
        StandardScaler(), linear_model.LogisticRegression(max_iter=400))),
    skl("skl_tree", "decision tree classifier", tree.DecisionTreeClassifier(max_depth=4, random_state=7)),
    skl("skl_tree_regressor", "decision tree regressor", tree.DecisionTreeRegressor(max_depth=5, random_state=7), REAL_Y),
    skl("skl_forest", "random forest classifier", ensemble.RandomForestClassifier(8, max_depth=4, random_state=7)),
    skl("skl_gradient_boosting", "gradient boosting classifier",
        ensemble.GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=7)),
    skl("skl_svc", "support vector classifier, RBF, with probabilities",
        svm.SVC(probability=True, random_state=7), accept={"rtol": 5e-3, "atol": 1e-4}),
    skl("skl_svr", "support vector regression", svm.SVR(), REAL_Y),
    skl("skl_knn", "nearest neighbours of a subset", neighbors.KNeighborsClassifier(3)),
    skl("skl_kmeans", "k-means", cluster.KMeans(3, n_init=2, random_state=7), None),
    skl("skl_naive_bayes", "Gaussian naive Bayes", naive_bayes.GaussianNB()),
    skl("skl_mlp", "multi-layer perceptron classifier",
        neural_network.MLPClassifier((10, 6), max_iter=300, random_state=7)),
    lgbm("lightgbm_classifier", "boosted trees, three classes",
         lightgbm.LGBMClassifier(n_estimators=5, num_leaves=6, verbose=-1, random_state=7), Y),
    lgbm("lightgbm_regressor", "boosted trees, regression",
         lightgbm.LGBMRegressor(n_estimators=8, num_leaves=8, verbose=-1, random_state=7), REAL_Y),
    xgb("xgboost_classifier", "boosted trees, three classes",
        xgboost.XGBClassifier(n_estimators=5, max_depth=3, random_state=7), Y),
    xgb("xgboost_regressor", "boosted trees, regression",
        xgboost.XGBRegressor(n_estimators=8, max_depth=3, random_state=7), REAL_Y),
]

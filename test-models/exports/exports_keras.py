# SPDX-License-Identifier: Apache-2.0
"""Keras: its own exporter, and tf2onnx from a function."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

from export import Export


def cnn():
    return keras.Sequential([
        keras.Input((10, 10, 1)), layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(), layers.ReLU(6.0), layers.DepthwiseConv2D(3, padding="same"),
        layers.Conv2D(8, 1, activation="swish"), layers.GlobalAveragePooling2D(), layers.Dropout(0.3),
        layers.Dense(4, activation="softmax")])


def gru():
    return keras.Sequential([
        keras.Input((6, 4)), layers.GRU(6, reset_after=False, unroll=True), layers.Dense(3, activation="tanh")])


def separable():
    inputs = keras.Input((12, 3))
    y = layers.SeparableConv1D(6, 3, padding="same", activation="elu")(inputs)
    y = layers.Concatenate()([layers.MaxPooling1D(2)(y), layers.AveragePooling1D(2)(y)])
    y = layers.LayerNormalization()(y)
    return keras.Model(inputs, layers.Dense(2, activation="sigmoid")(layers.Flatten()(y)))


def converted(build, shape):
    def make(path):
        keras.utils.set_random_seed(7)
        model = build()
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization):
                gamma, beta, mean, variance = layer.get_weights()
                layer.set_weights([gamma, beta + 0.1, mean + 0.2, variance * 0.7])
        signature = [tf.TensorSpec((None, *shape), tf.float32, name="x")]
        function = tf.function(lambda x: model(x, training=False), input_signature=signature)
        return tf2onnx.convert.from_function(function, input_signature=signature, opset=15)[0]

    return make


def reals(*shape):
    return lambda random: [random.standard_normal((1, *shape)).astype(np.float32)]


EXPORTS = [
    Export("keras_cnn", "channels-last CNN with BatchNormalization, ReLU6, swish", "tf2onnx from_function, opset 15",
           converted(cnn, (10, 10, 1)), reals(10, 10, 1)),
    Export("keras_gru", "GRU with the reset gate before the product, unrolled", "tf2onnx from_function, opset 15",
           converted(gru, (6, 4)), reals(6, 4)),
    Export("keras_separable", "SeparableConv1D, pools, LayerNormalization", "tf2onnx from_function, opset 15",
           converted(separable, (12, 3)), reals(12, 3)),
]

# SPDX-License-Identifier: Apache-2.0
"""PyTorch, through the TorchScript exporter (names ts_*) and the dynamo exporter (dynamo_*)."""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from export import Export


class ConvNet(nn.Module):
    """Convolutions with BatchNorm, and a view that computes its shape."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.conv2, self.bn2 = nn.Conv2d(6, 8, 3, stride=2), nn.BatchNorm2d(8)
        self.fc = nn.Linear(8 * 2 * 2, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.adaptive_avg_pool2d(F.relu6(self.bn2(self.conv2(x))), 2)
        return F.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)


class Squeeze(nn.Module):
    """Depthwise convolution, squeeze and excitation, hard-swish, residual."""

    def __init__(self):
        super().__init__()
        self.expand, self.depth = nn.Conv2d(4, 12, 1), nn.Conv2d(12, 12, 3, padding=1, groups=12)
        self.down, self.up, self.project = nn.Conv2d(12, 4, 1), nn.Conv2d(4, 12, 1), nn.Conv2d(12, 4, 1)

    def forward(self, x):
        y = F.hardswish(self.depth(F.hardswish(self.expand(x))))
        gate = F.hardsigmoid(self.up(F.relu(self.down(y.mean((2, 3), keepdim=True)))))
        return x + self.project(y * gate)


class Decoder(nn.Module):
    """Upsampling to a size taken from another tensor, ConvTranspose, concatenation, padding."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ConvTranspose2d(4, 4, 2, stride=2)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        small = F.elu(self.down(F.pad(x, (1, 1, 1, 1), mode="reflect")))
        near = F.interpolate(small, size=x.shape[-2:], mode="nearest")
        smooth = F.interpolate(self.up(small), size=x.shape[-2:], mode="bilinear", align_corners=False)
        return torch.sigmoid(self.head(torch.cat([near, smooth], 1)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(5, 8, num_layers=2, batch_first=True), nn.Linear(8, 3)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.fc(y[:, -1])


class GruStep(nn.Module):
    """One step with its state as input and output."""

    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(6, 7), nn.Linear(7, 2)

    def forward(self, x, state):
        y, state = self.gru(x, state)
        return self.fc(y[-1]), state


class BidirectionalGru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(4, 5, bidirectional=True, batch_first=True), nn.Linear(10, 3)

    def forward(self, x):
        y, _ = self.gru(x)
        return self.fc(y.mean(1))


class Encoder(nn.Module):
    """A transformer encoder layer over a learned embedding."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.place = nn.Parameter(torch.randn(1, 6, 8) * 0.1)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", dropout=0.0)
        self.fc = nn.Linear(8, 4)

    def forward(self, tokens):
        return self.fc(self.layer(self.embed(tokens) + self.place).mean(1))


class CausalAttention(nn.Module):
    """Scaled dot-product attention with a mask made by the model, rotary-like mixing, RMS normalisation."""

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(8, 24, bias=False), nn.Linear(8, 8)
        self.norm = nn.RMSNorm(8)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, t, 3, 2, c // 2).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return x + F.silu(self.out(y.transpose(1, 2).reshape(b, t, c)))


class Moves(nn.Module):
    """What exporters write for indexing, where, clamp, cumsum, top-k, einsum, arg-max, roll."""

    def forward(self, x, index):
        y = torch.where(x > 0, x, x * 0.1).clamp(-1.0, 2.0)
        y = torch.einsum("bij,bkj->bik", y, torch.roll(y, 1, dims=2)) + y.cumsum(2)[:, :, :4]
        picked = torch.gather(y, 2, index)
        return picked.sort(2, descending=True)[0], y.argmax(2), F.one_hot(y[:, 0].argmax(1), 4).float()


class Conv1dStack(nn.Module):
    """Dilated, causal 1-D convolutions with GroupNorm and PReLU."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv1d(3, 6, 3), nn.Conv1d(6, 6, 3, dilation=2, groups=3)
        self.norm, self.act = nn.GroupNorm(2, 6), nn.PReLU(6)

    def forward(self, x):
        y = self.act(self.norm(self.first(F.pad(x, (2, 0)))))
        return torch.tanh(self.second(F.pad(y, (4, 0)))).amax(2)


class Volume(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.up = nn.Conv3d(1, 3, 3, padding=1), nn.ConvTranspose3d(3, 2, 2, stride=2)

    def forward(self, x):
        y = F.max_pool3d(F.leaky_relu(self.conv(x), 0.2), 2)
        return F.avg_pool3d(self.up(y), 2)


def reals(*shapes):
    return lambda random: [random.standard_normal(shape).astype(np.float32) for shape in shapes]


def settled(module):
    """Seeded, with statistics that BatchNorm layers would have after training."""
    torch.manual_seed(7)
    made = module().eval()
    for layer in made.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3)
            layer.running_var.uniform_(0.5, 1.5)
    return made


def exported(module, arguments, opset, dynamo, dynamic):
    def make(path):
        names = [f"input_{i}" for i in range(len(arguments))]
        kwargs = {"input_names": names, "opset_version": opset, "dynamo": dynamo}
        if dynamic and dynamo:
            kwargs["dynamic_shapes"] = tuple({0: torch.export.Dim("batch")} for _ in arguments)
        elif dynamic:
            kwargs["dynamic_axes"] = {name: {0: "batch"} for name in names}
        if dynamo:
            kwargs["external_data"] = False
        examples = arguments
        if dynamic and dynamo:  # a batch of 1 would be taken for fixed
            examples = tuple(torch.cat([a, a]) for a in arguments)
        torch.onnx.export(settled(module), examples, str(path), **kwargs)

    return make


def torch_export(name, what, module, opset, dynamo, arguments, inputs, dynamic=False):
    way = "torch.onnx.export, dynamo" if dynamo else "torch.onnx.export, TorchScript"
    return Export(name, what, f"{way}, opset {opset}", exported(module, arguments, opset, dynamo, dynamic), inputs)


IMAGE, TOKENS = torch.randn(1, 1, 12, 12), torch.zeros(1, 6, dtype=torch.int64)
INDEX = torch.zeros(1, 5, 3, dtype=torch.int64)


def tokens(random):
    return [random.integers(0, 20, (1, 6))]


def moves(random):
    return [random.standard_normal((1, 5, 5)).astype(np.float32)[:, :4], random.integers(0, 4, (1, 4, 3))]


EXPORTS = [
    torch_export("ts_cnn", "Conv, BatchNorm, relu6, adaptive pool, view by size; batch named", ConvNet, 13, False, (IMAGE,),
                 reals((1, 1, 12, 12)), True),
    torch_export("ts_squeeze_excite", "depthwise block with squeeze and excitation", Squeeze, 14, False,
                 (torch.randn(1, 4, 6, 6),), reals((1, 4, 6, 6))),
    torch_export("ts_decoder", "Resize to computed sizes, ConvTranspose, reflect padding", Decoder, 12, False,
                 (torch.randn(1, 2, 8, 10),), reals((1, 2, 8, 10)), True),
    torch_export("ts_lstm", "two-layer LSTM, last step; batch named", Lstm, 11, False, (torch.randn(1, 6, 5),),
                 reals((1, 6, 5)), True),
    torch_export("ts_gru_step", "GRU step with state in and out", GruStep, 14, False,
                 (torch.randn(1, 1, 6), torch.randn(1, 1, 7)), reals((1, 1, 6), (1, 1, 7))),
    torch_export("ts_encoder", "transformer encoder layer over an embedding", Encoder, 17, False, (TOKENS,), tokens),
    torch_export("ts_moves", "where, clamp, einsum, roll, cumsum, gather, sort, argmax, one-hot", Moves, 17, False,
                 (torch.randn(1, 4, 5), INDEX[:, :4]), moves),
    torch_export("ts_volume", "3-D convolution, transposed convolution, pools", Volume, 13, False,
                 (torch.randn(1, 1, 4, 4, 4),), reals((1, 1, 4, 4, 4))),
    torch_export("dynamo_cnn", "as ts_cnn", ConvNet, 18, True, (IMAGE,), reals((1, 1, 12, 12)), True),
    torch_export("dynamo_squeeze_excite", "as ts_squeeze_excite", Squeeze, 20, True, (torch.randn(1, 4, 6, 6),),
                 reals((1, 4, 6, 6))),
    torch_export("dynamo_conv1d", "dilated causal Conv1d, GroupNorm, PReLU", Conv1dStack, 18, True,
                 (torch.randn(1, 3, 12),), reals((1, 3, 12))),
    torch_export("dynamo_gru", "bidirectional GRU", BidirectionalGru, 18, True, (torch.randn(1, 6, 4),), reals((1, 6, 4))),
    torch_export("dynamo_encoder", "as ts_encoder", Encoder, 18, True, (TOKENS,), tokens),
    torch_export("dynamo_attention", "causal attention, RMSNorm, SiLU; opset 23", CausalAttention, 23, True,
                 (torch.randn(1, 5, 8),), reals((1, 5, 8))),
    torch_export("dynamo_moves", "as ts_moves", Moves, 18, True, (torch.randn(1, 4, 5), INDEX[:, :4]), moves),
]

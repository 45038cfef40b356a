"""Letterpress's `modern` recipe as one would write it in PyTorch: pre-norm blocks, rotary positions, query-key norms
and SwiGLU, without biases. Keys, queries and values are one product, and so are SwiGLU's gate and up."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from common import pre_norm_names

EPSILON = 1e-5
ROTARY_BASE = 10_000.0


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.width, self.dropout = c["heads"], c["dModel"] // c["heads"], c["dropout"]["attention"]
        self.qkv = nn.Linear(c["dModel"], 3 * c["dModel"], bias=False)  # keys, queries, values
        self.norms = nn.Parameter(torch.ones(2 * self.width))  # of keys, then of queries
        self.projection = nn.Linear(c["dModel"], c["dModel"], bias=False)

    def forward(self, x, cos, sin, mask):
        B, T, D = x.shape
        kq, v = self.qkv(x).view(B, T, 3, self.heads, self.width).split((2, 1), dim=2)
        kq = kq * torch.rsqrt(kq.square().mean(-1, keepdim=True) + EPSILON) * self.norms.view(2, 1, self.width)
        kq = torch.addcmul(kq * cos, kq.roll(self.width // 2, -1), sin)
        k, q, v = (part.transpose(1, 2).reshape(B * self.heads, T, -1) for part in (*kq.unbind(2), v.squeeze(2)))
        if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2
            dropout = self.dropout if self.training else 0.0
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        else:
            scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=self.width**-0.5)
            y = F.dropout(scores.softmax(-1), self.dropout, self.training) @ v
        return self.projection(y.view(B, self.heads, T, -1).transpose(1, 2).reshape(B, T, D))


class SwiGLU(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        gate, up = self.gate_up(x).chunk(2, -1)
        return self.down(F.silu(gate) * up)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        width = c["dModel"]
        self.norm1, self.attention = nn.LayerNorm(width), Attention(c)
        self.norm2, self.mlp = nn.LayerNorm(width), SwiGLU(width, -(-2 * c["mlpRatio"] * width // 24) * 8)
        self.dropout = nn.Dropout(c["dropout"]["residual"])

    def forward(self, x, *positions):
        x = x + self.dropout(self.attention(self.norm1(x), *positions))
        return x + self.dropout(self.mlp(self.norm2(x)))


class ModernTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.tokens = nn.Embedding(c["vocabulary"], c["dModel"])
        self.dropout = nn.Dropout(c["dropout"]["embedding"])
        self.blocks = nn.ModuleList(Block(c) for _ in range(c["layers"]))
        self.norm = nn.LayerNorm(c["dModel"])
        self.logits = nn.Linear(c["dModel"], c["vocabulary"])
        length, width = c["contextLength"], c["dModel"] // c["heads"]
        assert width % 2 == 0, width
        angles = torch.arange(length)[:, None] * ROTARY_BASE ** (-torch.arange(width // 2) / (width // 2))
        cos, sin = angles.cos(), angles.sin()
        self.register_buffer("cos", torch.cat([cos, cos], 1).view(length, 1, 1, width))
        self.register_buffer("sin", torch.cat([-sin, sin], 1).view(length, 1, 1, width))
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def forward(self, x):
        """Tokens [texts, longest] to logits [texts, longest, vocabulary]."""
        T = x.shape[1]
        positions = self.cos[:T], self.sin[:T], self.mask[:T, :T]
        h = self.dropout(self.tokens(x))
        for block in self.blocks:
            h = block(h, *positions)
        return self.logits(self.norm(h))

    def matrices(self):
        """The matrices inside blocks, and how many are packed into each: Muon orthogonalises every one by itself."""
        for block in self.blocks:
            yield block.attention.qkv.weight, 3
            yield block.attention.projection.weight, 1
            yield block.mlp.gate_up.weight, 2
            yield block.mlp.down.weight, 1


def letterpress_names(layers):
    """From Letterpress's names to (name here, which part, of how many)."""
    names = pre_norm_names(layers)
    for i in range(layers):
        theirs, here = f"transformer_blocks.{i}.", f"blocks.{i}."
        for part, letter in enumerate("kqv"):
            names[f"{theirs}msha.w_{letter}.weight"] = (f"{here}attention.qkv.weight", part, 3)
        for part, letter in enumerate("kq"):
            names[f"{theirs}msha.{letter}_norm.weight"] = (f"{here}attention.norms", part, 2)
        for part, layer in enumerate(("gate", "up")):
            names[f"{theirs}mlp.{layer}.weight"] = (f"{here}mlp.gate_up.weight", part, 2)
        names[f"{theirs}mlp.down.weight"] = (f"{here}mlp.down.weight", 0, 1)
    return names

"""A plain pre-norm transformer as one would write it in PyTorch: GPT-2's blocks.

It differs from GPT-2 where Letterpress does: no biases in attention, a bias in the logits, untied embeddings, exact
GELU.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from common import pre_norm_names


class CausalSelfAttention(nn.Module):
    def __init__(self, width, heads, context_length):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.projection = nn.Linear(width, width, bias=False)
        mask = torch.tril(torch.ones(context_length, context_length))
        self.register_buffer("mask", mask.view(1, 1, context_length, context_length))

    def forward(self, x):
        B, T, D = x.shape
        q, k, v = (part.view(B, T, self.heads, D // self.heads).transpose(1, 2) for part in self.qkv(x).split(D, dim=2))
        if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            scores = scores.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
            y = F.softmax(scores, dim=-1) @ v
        return self.projection(y.transpose(1, 2).contiguous().view(B, T, D))


class Block(nn.Module):
    def __init__(self, width, heads, mlp_ratio, context_length):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = CausalSelfAttention(width, heads, context_length)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_ratio * width), nn.GELU(), nn.Linear(mlp_ratio * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PlainTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, length = c["dModel"], c["contextLength"]
        self.tokens = nn.Embedding(c["vocabulary"], width)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, c["heads"], c["mlpRatio"], length) for _ in range(c["layers"]))
        self.norm = nn.LayerNorm(width)
        self.logits = nn.Linear(width, c["vocabulary"])

    def forward(self, x):
        """Tokens [texts, longest] to logits [texts, longest, vocabulary]."""
        h = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return self.logits(self.norm(h))


def letterpress_names(layers):
    """From Letterpress's names to (name here, which part, of how many)."""
    names = {**pre_norm_names(layers), "positional_embedding.weight": ("positions.weight", 0, 1)}
    for i in range(layers):
        theirs, here = f"transformer_blocks.{i}.", f"blocks.{i}."
        for part, letter in enumerate("qkv"):
            names[f"{theirs}msha.w_{letter}.weight"] = (f"{here}attention.qkv.weight", part, 3)
        for kind in ("weight", "bias"):
            for n in (0, 2):
                names[f"{theirs}mlp.{n}.{kind}"] = (f"{here}mlp.{n}.{kind}", 0, 1)
    return names

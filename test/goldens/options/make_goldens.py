"""Writes what PyTorch computes for a model with options of the family: weights, tokens, outputs, loss and gradients.

usage: python3 make_goldens.py (needs PyTorch 1.13 or newer; writes NAME.json and NAME.safetensors beside itself)

The model is written for clarity with PyTorch's own functions; rotary positions are products of complex numbers here.
"""
import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F

EPSILON = 1e-5
SHAPE = {"vocabulary": 29, "contextLength": 14, "dModel": 16, "heads": 2, "layers": 2, "mlpRatio": 3}
NO_DROPOUT = {"embedding": 0, "attention": 0, "residual": 0}
CONFIGS = {
    "rotary-swiglu": {
        **SHAPE, "norm": "pre", "positions": "rotary", "headWidth": "standard",
        "attentionBias": False, "queryKeyNorm": True, "activation": "swiglu", "tiedEmbeddings": True,
        "initialization": "normal", "dropout": NO_DROPOUT,
    },
}


def make_weights(c):
    """Random parameters under Letterpress's names: none of them 0 or 1, as an initialisation might leave them."""
    emb, gated = c["dModel"], c["activation"] == "swiglu"
    width = emb if c["headWidth"] == "full" else emb // c["heads"]
    inner = c["heads"] * width
    hidden = (2 * c["mlpRatio"] * emb // 3 + 7) // 8 * 8 if gated else c["mlpRatio"] * emb
    shapes = {"embedding.weight": (c["vocabulary"], emb)}

    def linear(name, outputs, inputs, bias=True):
        shapes[name + ".weight"] = (outputs, inputs)
        if bias:
            shapes[name + ".bias"] = (outputs,)

    def norm(name):
        shapes[name + ".weight"] = (emb,)
        shapes[name + ".bias"] = (emb,)

    for i in range(c["layers"]):
        block = f"transformer_blocks.{i}."
        for part in ("w_k", "w_q", "w_v"):
            linear(block + "msha." + part, inner, emb, c["attentionBias"])
        if c["queryKeyNorm"]:
            shapes[block + "msha.k_norm.weight"] = shapes[block + "msha.q_norm.weight"] = (width,)
        linear(block + "msha.w_c", emb, inner, c["attentionBias"])
        norm(block + "layer_norm1")
        if gated:
            linear(block + "mlp.gate", hidden, emb, False)
            linear(block + "mlp.up", hidden, emb, False)
            linear(block + "mlp.down", emb, hidden, False)
        else:
            linear(block + "mlp.0", hidden, emb)
            linear(block + "mlp.2", emb, hidden)
        norm(block + "layer_norm2")
    if c["norm"] == "pre":
        norm("layer_norm")
    linear("logits.0", c["vocabulary"], emb)
    if c["tiedEmbeddings"]:
        del shapes["logits.0.weight"]
    return {name: (0.4 * torch.randn(shape)).requires_grad_() for name, shape in shapes.items()}


def forward(c, w, tokens):
    """Logits [texts, length, vocabulary]."""
    texts, length = tokens.shape
    heads = c["heads"]

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def rms(x, weight):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weight

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], EPSILON)

    def turn(x):
        """[texts, heads, length, width]: each pair (c, half + c) is a complex number times e^(i angle)."""
        half = x.shape[-1] // 2
        angles = torch.arange(length)[:, None] * 10000.0 ** (-torch.arange(half) / half)
        turned = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angles), angles)
        return torch.cat([turned.real, turned.imag], -1)

    def attention(x, name):
        projections = [linear(x, name + part) for part in (".w_k", ".w_q", ".w_v")]
        k, q, v = (projection.view(texts, length, heads, -1).transpose(1, 2) for projection in projections)
        if c["queryKeyNorm"]:
            k, q = rms(k, w[name + ".k_norm.weight"]), rms(q, w[name + ".q_norm.weight"])
        if c["positions"] == "rotary":
            k, q = turn(k), turn(q)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        i, j = torch.arange(length)[:, None], torch.arange(length)
        p = scores.masked_fill(j > i, float("-inf")).softmax(-1)
        return linear((p @ v).transpose(1, 2).reshape(texts, length, -1), name + ".w_c")

    def mlp(x, name):
        if c["activation"] == "swiglu":
            return linear(F.silu(linear(x, name + ".gate")) * linear(x, name + ".up"), name + ".down")
        return linear(F.gelu(linear(x, name + ".0")), name + ".2")

    x = w["embedding.weight"][tokens]
    for b in range(c["layers"]):
        block = f"transformer_blocks.{b}."
        if c["norm"] == "post":
            x = norm(x + attention(x, block + "msha"), block + "layer_norm1")
            x = norm(x + mlp(x, block + "mlp"), block + "layer_norm2")
        else:
            x = x + attention(norm(x, block + "layer_norm1"), block + "msha")
            x = x + mlp(norm(x, block + "layer_norm2"), block + "mlp")
    if c["norm"] == "pre":
        x = norm(x, "layer_norm")
    matrix = w["embedding.weight"] if c["tiedEmbeddings"] else w["logits.0.weight"]
    return F.linear(x, matrix, w["logits.0.bias"])


def save(path, tensors):
    kinds = {torch.float32: "F32", torch.int64: "I64"}
    header, blobs, at = {}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    for seed, (name, config) in enumerate(CONFIGS.items()):
        torch.manual_seed(seed)
        weights = make_weights(config)
        tokens = torch.randint(1, 28, (3, config["contextLength"]))
        tokens[:, 0] = 28
        tokens[1, 9:] = 0
        logits = forward(config, weights, tokens[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="sum")
        loss.backward()
        tensors = {"tokens": tokens, "log_probs": logits.log_softmax(-1)}
        for parameter, value in weights.items():
            tensors["weights." + parameter] = value
            tensors["grads." + parameter] = value.grad
        here = Path(__file__).parent
        save(here / f"{name}.safetensors", tensors)
        scalars = {"config": config, "nll_sum": loss.item(), "torch": torch.__version__}
        (here / f"{name}.json").write_text(json.dumps(scalars, indent=1) + "\n")


main()

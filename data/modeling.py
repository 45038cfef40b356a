"""A character-level transformer trained by Letterpress, in PyTorch (1.10 or newer); nothing else is needed.
    model = load("model.safetensors")
    print(model.generate(count=5, temperature=0.8))
    log_p = model(model.encode(["mayor opens new bridge"])).log_softmax(-1)  # of each next token"""
import json, struct
import torch
from torch import nn

def rms_norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight

class SwiGLU(nn.ModuleDict):
    def forward(self, x):
        return self["down"](nn.functional.silu(self["gate"](x)) * self["up"](x))

def rotate(x):  # [batch, heads, length, width]
    half = x.shape[-1] // 2
    angles = torch.arange(x.shape[2])[:, None] * 10000.0 ** (-torch.arange(half) / half)
    cos, sin = angles.cos().to(x), angles.sin().to(x)
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return torch.cat([a * cos - b * sin, b * cos + a * sin, rest], -1)

class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        d, heads, bias, self.rotary = c["dModel"], c["heads"], c["attentionBias"], c["positions"] == "rotary"
        self.width = d if c["headWidth"] == "full" else d // heads
        self.w_k, self.w_q, self.w_v = (nn.Linear(d, heads * self.width, bias) for _ in range(3))
        self.w_c, self.drop = nn.Linear(heads * self.width, d, bias), nn.Dropout(c["dropout"]["attention"])
        norm = lambda: nn.ParameterDict({"weight": nn.Parameter(torch.ones(self.width))})
        self.k_norm, self.q_norm = (norm(), norm()) if c["queryKeyNorm"] else (None, None)

    def forward(self, x):  # [batch, length, dModel]
        batch, length, _ = x.shape
        k, q, v = (w(x).view(batch, length, -1, self.width).transpose(1, 2) for w in (self.w_k, self.w_q, self.w_v))
        if self.k_norm is not None:
            k, q = rms_norm(k, self.k_norm["weight"]), rms_norm(q, self.q_norm["weight"])
        if self.rotary:
            k, q = rotate(k), rotate(q)
        future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        p = (q @ k.transpose(-1, -2) / self.width**0.5).masked_fill(future, float("-inf")).softmax(-1)
        return self.w_c((self.drop(p) @ v).transpose(1, 2).reshape(batch, length, -1))

class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.post, d, hidden = c["norm"] == "post", c["dModel"], c["mlpRatio"] * c["dModel"]
        self.msha, self.layer_norm1, self.layer_norm2 = Attention(c), nn.LayerNorm(d), nn.LayerNorm(d)
        self.mlp = nn.Sequential(nn.Linear(d, hidden), nn.GELU(), nn.Linear(hidden, d))
        if c["activation"] == "swiglu":
            hidden = -(-2 * hidden // 24) * 8  # three matrices of two thirds of the width, in multiples of 8
            shapes = {"gate": (d, hidden), "up": (d, hidden), "down": (hidden, d)}
            self.mlp = SwiGLU({name: nn.Linear(*shape, bias=False) for name, shape in shapes.items()})
        self.drop = nn.Dropout(c["dropout"]["residual"])

    def forward(self, x):
        for layer, norm in ((self.msha, self.layer_norm1), (self.mlp, self.layer_norm2)):
            x = norm(x + self.drop(layer(x))) if self.post else x + self.drop(layer(norm(x)))
        return x

class DecoderTransformer(nn.Module):
    def __init__(self, c, characters):  # token 0 is pad, the end of a text; the last one is cls, its beginning
        super().__init__()
        self.c, self.characters, self.cls, d = c, characters, c["vocabulary"] - 1, c["dModel"]
        self.embedding, self.drop = nn.Embedding(c["vocabulary"], d), nn.Dropout(c["dropout"]["embedding"])
        self.positional_embedding = nn.Embedding(c["contextLength"], d) if c["positions"] == "learned" else None
        self.transformer_blocks = nn.Sequential(*(Block(c) for _ in range(c["layers"])))
        self.layer_norm = nn.LayerNorm(d) if c["norm"] == "pre" else nn.Identity()
        self.logits = nn.Sequential(nn.Linear(d, c["vocabulary"]))
        if c["tiedEmbeddings"]:
            self.logits[0].weight = self.embedding.weight

    def forward(self, tokens):  # [batch, length] to logits [batch, length, vocabulary]
        positions = self.positional_embedding.weight[: tokens.shape[1]] if self.positional_embedding is not None else 0
        return self.logits(self.layer_norm(self.transformer_blocks(self.drop(self.embedding(tokens) + positions))))

    def encode(self, texts):  # of the alphabet's characters, as [batch, length]; padded up to the longest one's end
        rows = [[self.cls] + [self.characters.index(c) + 1 for c in text] for text in texts]
        length = min(max(map(len, rows)) + 1, self.c["contextLength"])
        return torch.tensor([(row + [0] * length)[:length] for row in rows])

    @torch.no_grad()
    def generate(self, count=1, temperature=1.0):
        x = torch.full((count, 1), self.cls)
        while x.shape[1] < self.c["contextLength"] and not (x == 0).any(1).all():
            x = torch.cat([x, torch.multinomial((self(x)[:, -1] / temperature).softmax(-1), 1)], 1)
        rows = [row.tolist() + [0] for row in x]
        return ["".join(self.characters[t - 1] for t in row[: row.index(0)] if t != self.cls) for row in rows]

def load(path):  # the weights alone: safetensors.torch.load_file
    data = open(path, "rb").read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    about = json.loads(header.pop("__metadata__")["letterpress_model"])
    part = lambda begin, end: torch.frombuffer(bytearray(data[start + begin : start + end]), dtype=torch.float32)
    state = {name: part(*entry["data_offsets"]).view(entry["shape"]) for name, entry in header.items()}
    state.setdefault("logits.0.weight", state["embedding.weight"])  # tied embeddings have no other
    model = DecoderTransformer(about["model"], about["tokenizer"]["characters"])
    model.load_state_dict(state)
    return model.eval()

"""Shared by the scripts of this folder: a job is JSON on standard input, its answer JSON on standard output."""
import json
import resource
import struct
import sys
import time

import numpy as np
import torch

PAD, CLS = 0, 28


def read_job():
    job = json.load(sys.stdin)
    if "threads" in job:
        torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    return job


def answer(value):
    print(json.dumps(value))


def read_safetensors(path):
    """Name -> float32 tensor, in the order of the file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors


def pre_norm_names(layers):
    """What every pre-norm model has: from Letterpress's names to (name here, which part, of how many)."""
    names = {"embedding.weight": ("tokens.weight", 0, 1)}
    for kind in ("weight", "bias"):
        names[f"layer_norm.{kind}"] = (f"norm.{kind}", 0, 1)
        names[f"logits.0.{kind}"] = (f"logits.{kind}", 0, 1)
    for i in range(layers):
        theirs, here = f"transformer_blocks.{i}.", f"blocks.{i}."
        names[f"{theirs}msha.w_c.weight"] = (f"{here}attention.projection.weight", 0, 1)
        for kind in ("weight", "bias"):
            for n in (1, 2):
                names[f"{theirs}layer_norm{n}.{kind}"] = (f"{here}norm{n}.{kind}", 0, 1)
    return names


def write_floats(path, tensors):
    """Tensors one after another as little-endian float32."""
    with open(path, "wb") as file:
        for tensor in tensors:
            file.write(tensor.detach().contiguous().numpy().astype("<f4").tobytes())


def pad_texts(texts, length, fill=PAD):
    """Tokens of texts, without cls and pads, as [texts, length]: cls, the characters, then `fill`."""
    x = torch.full((len(texts), length), fill, dtype=torch.long)
    x[:, 0] = CLS
    for i, text in enumerate(texts):
        characters = torch.tensor(text[: length - 1], dtype=torch.long)
        x[i, 1 : 1 + len(characters)] = characters
    return x


def time_steps(step, batches, warm_up):
    """Median seconds of step(batch), the first `warm_up` left out."""
    seconds = []
    for batch in batches:
        start = time.perf_counter()
        step(batch)
        seconds.append(time.perf_counter() - start)
    measured = sorted(seconds[warm_up:])
    return measured[len(measured) // 2]


def peak_memory_bytes():
    """Largest resident set of this program: where Linux says so, without that of the process which started it."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
